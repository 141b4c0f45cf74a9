/** The admin API of a real Node-RED with two users, one of whom may only read, asked with tokens of `/auth/token`. */
import assert from 'node:assert/strict';
import { answerProblems, describedPath, openApi } from './openapi';
import { type NodeRedOrder, type SecuredNodeRed, startSecuredNodeRed } from './secured-node-red';
import type { Teardown } from './teardown';
import { waitForAsync } from './waiting';

const bcrypt = require('bcryptjs') as { hashSync(text: string, rounds: number): string };

export type Who = 'reader' | 'operator' | 'nobody';

export interface ApiAnswer {
  readonly status: number;
  /** Parsed, if it is JSON; else undefined. */
  readonly body: ReturnType<typeof JSON.parse>;
  readonly text: string;
  readonly headers: Headers;
}

export interface CallOptions {
  /** @default 'operator' */
  readonly as?: Who;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const PASSWORDS = { reader: 'reads-only', operator: 'may-do-all' };
const PERMISSIONS = { reader: 'read', operator: '*' };

export class AdminApi {
  readonly nodeRed: SecuredNodeRed;
  readonly #tokens = new Map<Who, string>();

  constructor(nodeRed: SecuredNodeRed) {
    this.nodeRed = nodeRed;
  }

  /** Gets a token for each user, as a client of Node-RED's admin API does. */
  async logIn(): Promise<void> {
    for (const username of ['reader', 'operator'] as const) {
      const [scope, password] = [PERMISSIONS[username], PASSWORDS[username]];
      const form = { client_id: 'node-red-admin', grant_type: 'password', scope, username, password };
      const response = await this.nodeRed.fetch('auth/token', undefined, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      assert.equal(response.status, 200, `no token for ${username}`);
      const { access_token: token } = (await response.json()) as { access_token: string };
      this.#tokens.set(username, token);
    }
  }

  /** Asserts that the answer is as the OpenAPI document says. @param path below `connection-pool/` */
  async call(method: string, path: string, options: CallOptions = {}): Promise<ApiAnswer> {
    const { as = 'operator', json, text } = options;
    const headers = { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers };
    const body = json === undefined ? text : JSON.stringify(json);
    const response = await this.nodeRed.fetch(`connection-pool/${path}`, this.#tokens.get(as), {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const answer = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    const parsed = isJson ? JSON.parse(answer) : undefined;
    const described = describedPath(path);
    // A method that isn't described is refused; a test of its own says so.
    if (openApi.paths[described]?.[method.toLowerCase()]) {
      assert.deepEqual(answerProblems(method, described, response.status, parsed), [], answer.slice(0, 2000));
    }
    return {
      status: response.status,
      body: parsed,
      text: answer,
      headers: response.headers,
    };
  }

  /** Asserts that the answer is this error, and returns its message. */
  async refuses(status: number, code: string, method: string, path: string, options?: CallOptions): Promise<string> {
    const answer = await this.call(method, path, options);
    assert.equal(`${answer.status} ${answer.body?.error?.code}`, `${status} ${code}`, answer.text.slice(0, 300));
    assert.equal(typeof answer.body.error.message, 'string');
    return answer.body.error.message;
  }
}

/** Starts it, with permissions unless `order.settings` says otherwise; it is stopped after the test. */
export async function startAdminApi(teardown: Teardown, order: NodeRedOrder): Promise<AdminApi> {
  const user = (username: Exclude<Who, 'nobody'>) => ({
    username,
    password: bcrypt.hashSync(PASSWORDS[username], 4),
    permissions: PERMISSIONS[username],
  });
  const adminAuth = { type: 'credentials', users: [user('reader'), user('operator')] };
  const settings = { adminAuth, ...order.settings };
  const api = new AdminApi(await startSecuredNodeRed(teardown, { ...order, settings }));
  if (settings.adminAuth) await api.logIn();
  return api;
}

/** Waits until so many connections are connected, and returns them as the API shows them. */
export async function connectedOnes(api: AdminApi, count: number): Promise<readonly ApiAnswer['body'][]> {
  let found: readonly ApiAnswer['body'][] = [];
  const ready = async () => {
    const { connections } = (await api.call('GET', 'connections')).body;
    found = connections.filter(({ state }: { readonly state: string }) => state === 'connected');
    return found.length === count;
  };
  await waitForAsync(ready, `${count} connections`, 20_000);
  return found;
}
