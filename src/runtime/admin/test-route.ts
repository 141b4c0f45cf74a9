/** `test`: tries out settings that are not saved yet, on a connection of its own of which nothing is left. */
import { PoolError } from '../../core/errors';
import { type TestResult, testProfile } from '../../core/test-profile';
import { getPool } from '../process-pool';
import { isPlainObject } from '../settings-readers';
import { ApiError } from './api-error';
import { TEST_TIMEOUT_MILLIS, testAnswer } from './connection-routes';
import type { AdminRoute, AdminRuntime, RouteRequest } from './route';
import { type Testable, testableOf, type UnsavedSettings } from './unsaved-settings';
import type { UnsavedTls } from './unsaved-tls';
import { t } from '../../core/wording';

const KNOWN: ReadonlySet<string> = new Set(['type', 'settings', 'credentials', 'id', 'tls']);

export function testRoutes(RED: AdminRuntime): readonly AdminRoute[] {
  return [
    {
      method: 'post',
      path: '/test',
      // It uses stored credentials, and opens connections to wherever it is told to.
      permission: 'connection-pool.write',
      takesBody: true,
      answer: async ({ body }) => {
        const warnings: string[] = [];
        const result = await tryOut(RED, readUnsaved(body), (text) => warnings.push(text));
        return { body: { ...testAnswer(result), ...(warnings.length > 0 ? { warnings } : {}) } };
      },
    },
  ];
}

async function tryOut(RED: AdminRuntime, unsaved: UnsavedSettings, warn: (text: string) => void): Promise<TestResult> {
  let testable: Testable;
  try {
    testable = testableOf(RED, unsaved, warn);
  } catch (thrown) {
    if (thrown instanceof ApiError) throw thrown;
    return { ok: false, millis: 0, steps: [], failed: undefined, error: PoolError.from(thrown) };
  }
  return testProfile(getPool(), testable.type, testable.profile, TEST_TIMEOUT_MILLIS);
}

/** @throws ApiError `BODY_INVALID` */
export function readUnsaved(body: RouteRequest['body']): UnsavedSettings {
  const { type, settings, credentials = {}, id, tls } = body;
  const unknown = Object.keys(body).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) throw invalid(t`"${unknown}" is not known here; remove it.`);
  if (typeof type !== 'string') throw invalid(t`"type" must be the connection type as text, such as "mqtt".`);
  if (!isPlainObject(settings)) throw invalid(t`"settings" must be an object.`);
  if (!isPlainObject(credentials)) throw invalid(t`"credentials" must be an object.`);
  if (id !== undefined && typeof id !== 'string') throw invalid(t`"id" must be the id of a config node.`);
  return { type, settings, credentials, id, ...(tls === undefined ? {} : { tls: readTls(tls) }) };
}

/** @throws ApiError `BODY_INVALID` */
function readTls(tls: unknown): UnsavedTls {
  if (isPlainObject(tls)) {
    const { id, settings, credentials = {} } = tls;
    if (typeof id === 'string' && isPlainObject(settings) && isPlainObject(credentials))
      return { id, settings, credentials };
  }
  throw invalid(t`"tls" must be an object with "id", "settings" and "credentials" of a tls-config node.`);
}

function invalid(text: string): ApiError {
  return new ApiError(400, 'BODY_INVALID', text);
}
