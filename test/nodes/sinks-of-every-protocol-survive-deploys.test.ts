import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { getPool } from '../../src/runtime/process-pool';
import { startHttpServer } from '../support/http-server';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { BUSES, edgexNode, edgexProfile } from './edgex-flow';
import { httpProfile, httpSink } from './http-flow';
import {
  catcher,
  collector,
  completer,
  type FlowNode,
  type FlowUnderTest,
  redisNode,
  redisProfile,
  startFlow,
  TAB,
} from './node-red';

const TYPES = ['full', 'nodes', 'flows'] as const;

describe('sinks of every protocol survive deploys', () => {
  const teardown = useTeardown();

  const numbers = (to: number) => Array.from({ length: to }, (_value, index) => String(index));

  type ToPayload = (number: number) => unknown;

  function send(flow: FlowUnderTest, from: number, to: number, toPayload: ToPayload = String) {
    for (let number = from; number < to; number += 1) flow.send('sink', { payload: toPayload(number) });
  }

  /** Sends, deploys, and sends on, in each way of deploying. */
  async function sendOver(flow: FlowUnderTest, nodes: (name: string) => readonly FlowNode[], toPayload?: ToPayload) {
    for (const [round, type] of TYPES.entries()) {
      send(flow, round * 100, round * 100 + 50, toPayload);
      await flow.deploy(nodes(`round ${round}`), type);
      send(flow, round * 100 + 50, round * 100 + 100, toPayload);
    }
  }

  describe('redis', () => {
    const nodes = (port: number, name = '') => [
      TAB,
      redisProfile(port),
      redisNode('sink', { key: 'list', structure: 'list', name }),
      completer(['sink']),
      collector('completed'),
      catcher(),
      collector('caught'),
    ];

    it('writes everything in order on one socket', async () => {
      const server = teardown.stopLater(await startRedis());
      const flow = await startFlow(teardown, nodes(server.port));
      await flow.connected('sink');
      await sendOver(flow, (name) => nodes(server.port, name));
      await waitFor(() => flow.collected('completed').length === 300, 'all to be done');
      assert.deepEqual(await (await server.client()).lrange('list', 0, -1), numbers(300));
      assert.equal(getPool().snapshot().connections[0]?.counters.connects, 1);
      assert.equal(flow.collected('caught').length, 0);
    });

    it('takes what waits through an outage to the server its profile is moved to', async () => {
      const server = teardown.stopLater(await startRedis());
      const flow = await startFlow(teardown, nodes(1));
      await sendOver(flow, (name) => nodes(1, name));
      await flow.deploy(nodes(server.port), 'nodes');
      send(flow, 300, 310);
      await waitFor(() => flow.collected('completed').length === 310, 'all to be done');
      assert.deepEqual(await (await server.client()).lrange('list', 0, -1), numbers(310));
      assert.equal(flow.collected('caught').length, 0);
    });
  });

  describe('http', () => {
    const nodes = (url: string, name = '') => [
      TAB,
      httpProfile(url, { maxSockets: '1' }),
      httpSink({ method: 'POST', name }),
      collector(),
      catcher(),
      collector('caught'),
    ];

    it('gets its answers, those of requests under way at the new nodes', async () => {
      const open: ServerResponse[] = [];
      const server = teardown.stopLater(await startHttpServer((_request, response) => void open.push(response)));
      const flow = await startFlow(teardown, nodes(server.url));
      send(flow, 0, 3);
      await waitFor(() => open.length === 1, 'the first request');
      await flow.deploy(nodes(server.url, 'other'), 'full');
      server.answer = (_request, response) => void response.end('later');
      open[0]?.end('first');
      send(flow, 3, 5);
      await waitFor(() => flow.collected('got').length === 5, 'all answers');
      assert.deepEqual(
        flow.collected('got').map(({ payload }) => payload),
        ['first', 'later', 'later', 'later', 'later'],
      );
      assert.deepEqual(
        server.seen.map(({ body }) => body),
        numbers(5),
      );
      assert.equal(server.accepted, 1);
    });

    it('takes what waits to the server its profile is moved to', async () => {
      const open: ServerResponse[] = [];
      const old = teardown.stopLater(await startHttpServer((_request, response) => void open.push(response)));
      const moved = teardown.stopLater(await startHttpServer());
      const flow = await startFlow(teardown, nodes(old.url));
      send(flow, 0, 4);
      await waitFor(() => open.length === 1, 'the first request');
      await flow.deploy(nodes(moved.url), 'nodes');
      open[0]?.end('first');
      send(flow, 4, 6);
      await waitFor(() => flow.collected('got').length + flow.collected('caught').length === 6, 'all');
      assert.deepEqual(
        [old, moved].map(({ seen }) => seen.map(({ body }) => body)),
        [['0'], ['1', '2', '3', '4', '5']],
      );
    });
  });

  for (const bus of ['mqtt', 'redis'] as const) {
    it(`edgex on ${bus} publishes everything in order on the same connection`, async () => {
      const server = await BUSES[bus](teardown);
      const nodes = (name: string) => [
        TAB,
        server.profile,
        edgexProfile(bus),
        edgexNode('sink', { name, wires: [] }),
        catcher(),
        collector('caught'),
        completer(['sink']),
        collector('completed'),
      ];
      const flow = await startFlow(teardown, nodes(''));
      await flow.connected('sink');
      const seen = await server.listen('edgex');
      await sendOver(flow, nodes, (number) => ({ number }));
      await waitFor(
        () => seen.length === 300,
        () => `all; ${seen.length} came, ${flow.problems.join()}`,
      );
      const values = seen.map(({ message }) => message.event?.readings[0]?.value);
      assert.deepEqual(values, numbers(300).map(Number));
      assert.equal(getPool().snapshot().connections[0]?.counters.connects, 1);
      await waitFor(() => flow.collected('completed').length === 300, 'all to be done');
    });
  }
});
