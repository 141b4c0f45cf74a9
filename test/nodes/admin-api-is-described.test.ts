/** The answers are compared with the document in every test that uses `AdminApi`. */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { AdminRuntime } from '../../src/runtime/admin/route';
import { serveAdmin } from '../../src/runtime/admin/serve-admin';
import { violations } from '../support/json-schema';
import { METHODS, openApi } from '../support/openapi';

describe('the admin API and its OpenAPI document', () => {
  /** Every route that is registered, with the permission it needs: `get /connections/{key} connection-pool.read`. */
  function registeredRoutes(): string[] {
    const routes: string[] = [];
    const register = (method: string) => (path: string, permission: string) => {
      routes.push(`${method} ${path.replace('/connection-pool', '').replaceAll(/:(\w+)/g, '{$1}')} ${permission}`);
    };
    const ignore = () => undefined;
    const httpAdmin = { ...Object.fromEntries(METHODS.map((one) => [one, register(one)])), all: ignore, use: ignore };
    const runtime = {
      httpAdmin,
      auth: { needsPermission: (permission: string) => permission },
      events: new EventEmitter(),
      settings: {},
    };
    serveAdmin(runtime as unknown as AdminRuntime);
    return routes.sort();
  }

  it('have the same routes, with the same permissions', () => {
    const described = Object.entries(openApi.paths).flatMap(([path, operations]) =>
      METHODS.filter((method) => operations[method] !== undefined).map((method) => {
        const [permission] = /connection-pool\.(read|write)/.exec(String(operations[method]?.['description'])) ?? [];
        return `${method} ${path} ${permission}`;
      }),
    );
    assert.deepEqual(described.sort(), registeredRoutes());
  });

  it('are compared by a checker that notices differences', () => {
    const check = (schema: object, value: unknown) => violations(openApi, { ...schema }, value).length === 0;
    const schema = {
      type: 'object',
      required: ['a'],
      additionalProperties: false,
      properties: { a: { type: 'integer', minimum: 1 }, b: { type: 'array', items: { enum: ['x', 'y'] } } },
    };
    for (const good of [{ a: 1 }, { a: 2, b: [] }, { a: 3, b: ['x', 'y'] }]) assert.ok(check(schema, good));
    for (const bad of [null, [], {}, { a: 0 }, { a: 1.5 }, { a: '1' }, { a: 1, c: 1 }, { a: 1, b: ['z'] }]) {
      assert.ok(!check(schema, bad), JSON.stringify(bad));
    }
    const error = { $ref: '#/components/schemas/Error' };
    assert.ok(
      check(error, { error: { code: 'A', message: 'b' } }) && !check(error, { error: { code: 1, message: 'b' } }),
    );
    assert.ok(!check({ oneOf: [{ const: 1 }, { minimum: 0 }] }, 1) && check({ oneOf: [{ const: 1 }] }, 1));
    assert.ok(!check({ format: 'date-time' }, 'now') && check({ format: 'date-time' }, new Date().toISOString()));
    assert.throws(() => check({ pattern: 'x' }, 'x'), /unknown keyword/);
    assert.throws(() => check({ $ref: '#/components/nothing' }, 1), /there is no/);
  });
});
