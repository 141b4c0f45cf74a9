import assert from 'node:assert/strict';
import type { NodeAPI, NodeMessageInFlow } from 'node-red';
import { compileTemplate } from '../../src/runtime/templates';

const { util } = require('@node-red/util') as { util: NodeAPI['util'] };

function fill(template: string, message: Record<string, unknown> = {}): string {
  return compileTemplate(util, template)(message as unknown as NodeMessageInFlow);
}

describe('templates are filled in', () => {
  const message = { topic: 'a', payload: { id: 7, ok: false, list: [{ name: 'ü' }], empty: '', nothing: null, o: {} } };

  for (const [template, text] of [
    ['plain', 'plain'],
    ['{{topic}}', 'a'],
    ['{{msg.topic}}', 'a'],
    ['room:{{payload.id}}:{{ topic }}', 'room:7:a'],
    ['{{payload.list[0].name}}{{payload.ok}}', 'üfalse'],
    ['{tag}:{{payload.id}}', '{tag}:7'],
    ['{{{payload.id}}}:x', '{7}:x'],
  ] as const) {
    it(template, () => assert.equal(fill(template, message), text));
  }

  it('once: what is filled in is no template', () => assert.equal(fill('{{a}}', { a: '{{b}}', b: 'c' }), '{{b}}'));

  for (const path of ['payload.none', 'none.at.all', 'payload.empty', 'payload.nothing', 'payload.o', 'payload.list']) {
    it(`but not without ${path}`, () =>
      assert.throws(
        () => fill(`x:{{${path}}}`, message),
        ({ code, message: text }: Error & { code?: string }) => {
          assert.equal(code, 'REDIS_INVALID_KEY');
          return text.includes(path);
        },
      ));
  }

  for (const template of ['{{payload.id', '{{}}', 'a {{ }} b', '{{a}} {{b']) {
    it(`but not ${template}`, () => assert.throws(() => fill(template, { a: 1 }), { code: 'INVALID_TYPED_INPUT' }));
  }
});
