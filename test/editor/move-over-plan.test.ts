/** Which nodes move, which stay and why, and what becomes of configuration nodes that several use. */
import assert from 'node:assert/strict';
import { plan, type Plan } from '../support/move-over';

const broker = (id: string, more: object = {}) => ({ id, type: 'mqtt-broker', broker: 'host', port: '1883', ...more });
const source = (id: string, brokerId: string, more: object = {}) => ({
  ...{ id, type: 'mqtt in', z: 'flow', topic: 'a', qos: '1', datatype: 'json', broker: brokerId },
  ...more,
});

const staying = ({ staying: all }: Plan) =>
  Object.fromEntries(
    all.map(({ node, reasons, mayMove }) => [node.id, [reasons.map(({ code }) => code).join(), mayMove]]),
  );
const profiles = ({ profiles: all }: Plan) =>
  all.map(({ id, config, replaces }) => [id, config.id, ...replaces.map((one) => one.id)]);

describe('move over: the plan', () => {
  it('a broker that only moving nodes use becomes a profile with its id', async () => {
    const made = await plan('mqtt', [
      broker('b'),
      source('1', 'b'),
      source('2', 'b'),
      { id: 'x', type: 'debug', z: 'flow' },
    ]);
    assert.deepEqual(profiles(made), [['b', 'b']]);
    assert.equal(made.profiles[0]?.isBeside, false);
    assert.deepEqual(
      made.nodes.map(({ node, profile }) => [node.id, profile]),
      [
        ['1', 'b'],
        ['2', 'b'],
      ],
    );
    assert.deepEqual(made.staying, []);
  });

  it('a password in plain text that stays for others is not called hidden', async () => {
    const server = { id: 'c', type: 'redis-config', options: '{"password":"p"}', optionsType: 'json' };
    const node = { type: 'redis-command', z: 'flow', server: 'c', command: 'GET', topic: 'k' };
    const flow = [server, { ...node, id: '1' }, { ...node, id: '2' }];
    const said = ({ profiles: all }: Plan) => all.flatMap(({ to }) => to.remarks.map(({ code }) => code));
    assert.deepEqual(said(await plan('redis', flow)), ['passwordHidden']);
    assert.deepEqual(said(await plan('redis', flow, { scope: new Set(['1']) })), ['passwordStays']);
  });

  it('a broker that others still use stays beside its profile, which has an id of its own', async () => {
    const flow: object[] = [broker('b'), source('1', 'b'), source('2', 'b')];
    const made = await plan('mqtt', flow, { scope: new Set(['1']), withCredentials: new Set(['b']) });
    assert.deepEqual(profiles(made), [['new-1', 'b']]);
    assert.deepEqual([made.profiles[0]?.isBeside, made.profiles[0]?.losesCredentials], [true, true]);
    const able = await plan('mqtt', flow, {
      scope: new Set(['1']),
      withCredentials: new Set(['b']),
      copiesCredentials: true,
    });
    assert.equal(able.profiles[0]?.losesCredentials, false);
    assert.deepEqual(
      made.nodes.map(({ node, profile }) => [node.id, profile]),
      [['1', 'new-1']],
    );
  });

  it('others are also nodes of other packages, and subflows that name it in their environment', async () => {
    const instance = { id: 's', type: 'subflow:t', z: 'flow', env: [{ name: 'B', type: 'conf-type', value: 'b' }] };
    for (const other of [{ id: 'o', type: 'other', broker: 'b' }, instance]) {
      const made = await plan('mqtt', [broker('b'), source('1', 'b'), other]);
      assert.equal(made.profiles[0]?.isBeside, true);
    }
  });

  it('nodes stay that have no broker, one from a variable, or are in a locked flow', async () => {
    const flow: object[] = [broker('b'), broker('c', { z: 'shut' }), { id: 'other', type: 'tls-config' }];
    flow.push(source('none', ''), source('gone', 'x'), source('wrong', 'other'), source('variable', '${BROKER}'));
    flow.push(source('shut', 'b', { z: 'shut' }), source('shut-broker', 'c'));
    const made = await plan('mqtt', flow, { locked: new Set(['shut']), includePartial: true });
    assert.deepEqual(staying(made), {
      none: ['noConfig', false],
      gone: ['noConfig', false],
      wrong: ['noConfig', false],
      variable: ['configInVariable', false],
      shut: ['locked', false],
      'shut-broker': ['configLocked', false],
    });
    assert.deepEqual(made.nodes, []);
  });

  it('a node with something that has no counterpart stays, unless the user wants it', async () => {
    const flow: object[] = [broker('b', { broker: 'wx://host' }), broker('c'), source('1', 'b'), source('2', 'c')];
    const careful = await plan('mqtt', flow);
    assert.deepEqual(staying(careful), { '1': ['scheme', true] });
    assert.deepEqual(profiles(careful), [['c', 'c']]);
    const bold = await plan('mqtt', flow, { includePartial: true });
    assert.deepEqual(staying(bold), {});
    assert.equal(bold.nodes.length, 2);
  });

  it('a client id is not used by the broker that stays and by its profile, unless the user wants it', async () => {
    const flow: object[] = [broker('b', { clientid: 'me' }), source('1', 'b'), source('2', 'b')];
    const scope = new Set(['1']);
    assert.deepEqual(staying(await plan('mqtt', flow, { scope })), { '1': ['clientIdTwice', true] });
    assert.deepEqual((await plan('mqtt', flow, { scope })).profiles, []);
    const bold = await plan('mqtt', flow, { scope, includePartial: true });
    assert.ok(bold.profiles[0]?.to.remarks.some(({ code }) => code === 'clientIdTwice'));
    assert.equal((await plan('mqtt', flow)).staying.length, 0);
  });

  it('brokers with the same settings become one profile if the user wants it', async () => {
    const flow: object[] = [broker('a', { name: 'one' }), broker('b', { name: 'two' }), broker('c', { port: '1884' })];
    flow.push(source('1', 'a'), source('2', 'b'), source('3', 'c'));
    const apart = await plan('mqtt', flow);
    assert.equal(apart.duplicates, 1);
    assert.deepEqual(profiles(apart), [
      ['a', 'a'],
      ['b', 'b'],
      ['c', 'c'],
    ]);
    const merged = await plan('mqtt', flow, { merge: true });
    assert.deepEqual(profiles(merged), [
      ['a', 'a', 'b'],
      ['c', 'c'],
    ]);
    assert.deepEqual(
      merged.nodes.map(({ profile }) => profile),
      ['a', 'a', 'c'],
    );
  });

  it('but never with credentials, unless these are known to be the same', async () => {
    const flow: object[] = [broker('a'), broker('b'), source('1', 'a'), source('2', 'b')];
    const options = { merge: true, withCredentials: new Set(['b']) };
    assert.equal((await plan('mqtt', flow, options)).duplicates, 0);
    assert.equal((await plan('mqtt', flow, { ...options, sameCredentials: () => true })).duplicates, 1);
    const config = (id: string, password: string) => ({
      id,
      type: 'redis-config',
      options: JSON.stringify({ password }),
      optionsType: 'json',
    });
    const redis = (id: string, server: string) => ({ id, type: 'redis-in', command: 'blpop', topic: 'k', server });
    const made = await plan('redis', [config('a', 'p'), config('b', 'q'), redis('1', 'a'), redis('2', 'b')], {
      merge: true,
    });
    assert.equal(made.duplicates, 0);
  });

  it('nor one that belongs to a flow for others, nor a disabled one', async () => {
    const apart = [
      [broker('a', { z: 'flow' }), broker('b')],
      [broker('a'), broker('b', { d: true })],
    ];
    for (const brokers of apart) {
      const made = await plan('mqtt', [...brokers, source('1', 'a'), source('2', 'b')], { merge: true });
      assert.equal(made.duplicates, 0);
    }
  });

  it('what nobody uses, and nodes of other packages, are not touched', async () => {
    const made = await plan('mqtt', [
      broker('b'),
      { id: 'x', type: 'redis-in', server: 'r' },
      { id: 'r', type: 'redis-config' },
    ]);
    assert.deepEqual(made, { nodes: [], profiles: [], staying: [], duplicates: 0 });
  });
});
