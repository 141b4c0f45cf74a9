import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor } from '../support/waiting';
import { catcher, completer, PLACE, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

const circular: Record<string, unknown> = {};
circular['self'] = circular;
const thrower = {
  toJSON() {
    throw new Error('no');
  },
};

/** Every kind of value that a flow can hold. */
const VALUES: readonly unknown[] = [
  undefined,
  null,
  '',
  'text',
  'a\u0000b',
  '\ud800',
  0,
  -0,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  10n,
  true,
  false,
  [],
  {},
  [[]],
  [['GET']],
  [{}],
  [null],
  ['GET', ['a']],
  { command: null },
  { command: 'GET', args: 5 },
  Object.create(null),
  new Date(0),
  new Map([[1, 2]]),
  new Set([1]),
  /x/,
  Buffer.alloc(0),
  Buffer.from([0, 255]),
  new Uint16Array(2),
  new ArrayBuffer(2),
  Symbol('s'),
  () => 1,
  circular,
  thrower,
  'x'.repeat(100_000),
];

const NODES: Readonly<Record<string, Record<string, unknown>>> = {
  whole: { command: 'payload', commandType: 'msg' },
  argument: { command: 'ECHO', args: [{ value: 'payload', type: 'msg' }] },
  array: { command: 'ECHO', arguments: 'array', argsFrom: 'payload', argsFromType: 'msg' },
  template: { command: 'ECHO', args: [{ value: 'x{{payload}}', type: 'template' }] },
  pipeline: { operation: 'pipeline' },
  transaction: { operation: 'transaction' },
  lookup: { operation: 'lookup', key: 'payload', keyType: 'msg' },
  mget: { operation: 'lookup', lookup: 'MGET', key: 'payload', keyType: 'msg', cacheSeconds: 1 },
  field: { operation: 'lookup', lookup: 'HGET', key: 'h', field: 'payload', fieldType: 'msg' },
  scan: { operation: 'scan', match: 'payload', matchType: 'msg' },
  hash: { operation: 'scan', scan: 'HSCAN', key: 'payload', keyType: 'msg' },
  target: { command: 'PING', target: 'payload.a[0].b' },
  script: {
    type: 'pool-redis-script',
    script: 'return {#KEYS, ARGV[1]}',
    keys: [{ name: '...k', value: 'payload', type: 'msg' }],
    args: [{ name: 'a', value: 'payload', type: 'msg' }],
  },
};

describe('whatever a message holds', () => {
  const teardown = useTeardown();

  it('it is done or an error, once, and the nodes go on', async function () {
    this.timeout(60_000);
    const server = teardown.stopLater(await startRedis());
    const ids = Object.keys(NODES);
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      ...Object.entries(NODES).map(([id, settings]) => ({ ...redisNode('command', settings), id, ...PLACE })),
      recorder(),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer(ids),
    ]);
    const [caught, completed] = [flow.received('caught'), flow.received('completed')];
    for (const id of ids) for (const payload of VALUES) flow.send(id, { payload });
    const wanted = ids.length * VALUES.length;
    await waitFor(
      () => caught.length + completed.length >= wanted,
      () => `${wanted} outcomes; ${completed.length} done, ${caught.length} failed`,
      15_000,
    );
    const codeless = caught.filter(({ error }) => !(error as { code?: string } | undefined)?.code);
    assert.deepEqual(codeless, []);
    await staysFalse(() => caught.length + completed.length > wanted, 'a second outcome', 50);
    const before = completed.length;
    for (const id of ids) flow.send(id, { payload: id === 'pipeline' || id === 'transaction' ? [['PING']] : 'PING' });
    await waitFor(() => completed.length + caught.length === wanted + ids.length, 'the last ones');
    assert.ok(completed.length - before >= ids.length - 1);
  });
});
