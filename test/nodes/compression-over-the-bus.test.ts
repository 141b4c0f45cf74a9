/** Compressed payloads over a real broker and a real server: from sink to source, and errors for what can't be undone. */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { canCompress, COMPRESSIONS } from '../../src/runtime/compression';
import { startMosquitto } from '../support/mosquitto';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import {
  catcher,
  caughtCode,
  profile,
  recorder,
  redisNode,
  redisProfile,
  sink,
  source,
  startFlow,
  TAB,
} from './node-red';

const KINDS = COMPRESSIONS.filter((kind) => canCompress(kind));
const payload = { text: 'ü'.repeat(500), large: 2n ** 60n, bytes: Buffer.from([0, 255]) };

describe('compression over the bus', () => {
  const teardown = useTeardown();

  it('goes from MQTT sinks to MQTT sources', async () => {
    const { port } = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, [
      TAB,
      profile(port),
      ...KINDS.flatMap((compression) => [
        source({ id: `from-${compression}`, topic: compression, datatype: 'cbor', decompression: compression }),
        sink({ id: `to-${compression}`, topic: compression, datatype: 'cbor', compression }),
      ]),
      source({ id: 'raw', topic: 'gzip', datatype: 'buffer' }),
      recorder(),
    ]);
    const got = flow.received('got');
    await flow.connected(...KINDS.map((kind) => `from-${kind}`), 'raw', ...KINDS.map((kind) => `to-${kind}`));
    for (const kind of KINDS) flow.send(`to-${kind}`, { payload, payloadFormatIndicator: true });
    await waitFor(() => got.length === KINDS.length + 1, 'all messages');
    const raw = got.find((message) => Buffer.isBuffer(message.payload));
    assert.equal(raw && (raw.payload as Buffer).readUInt16BE(0), 0x1f8b);
    assert.notEqual(raw?.['payloadFormatIndicator'], true);
    for (const message of got.filter((one) => one !== raw)) assert.deepEqual(message.payload, payload);
  });

  it('gives damaged payloads and bombs to Catch nodes, and goes on', async () => {
    const { port } = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, [
      TAB,
      profile(port),
      source({ topic: 'a', decompression: 'gzip', maxDecompressedMegabytes: '0.5' }),
      sink({ topic: 'a' }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    await flow.connected('source', 'sink');
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    for (const bytes of ['plain', bomb, gzipSync('fine')]) flow.send('sink', { payload: bytes });
    await waitFor(() => got.length === 1 && caught.length === 2, 'all of them');
    assert.equal(got[0]?.payload, 'fine');
    assert.deepEqual(caught.map(caughtCode), ['INVALID_COMPRESSION', 'PAYLOAD_TOO_LARGE']);
    assert.deepEqual(caught[1]?.payload, bomb);
  });

  it('refuses what is no compression, and says so to every message', async () => {
    const { port } = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, [
      TAB,
      profile(port),
      source({ topic: 'a', decompression: 'lzma' }),
      source({ id: 'dynamic', inputs: 1, decompression: 'gzip', maxDecompressedMegabytes: 'much' }),
      sink({ topic: 'a', compression: 'lzma' }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const caught = flow.received('caught');
    await flow.shows('source', /"Decompress \(decompression\)" must be "none", "gzip"/);
    await flow.shows('dynamic', /"To at most \(maxDecompressedMegabytes\)" must be a number from/);
    await flow.shows('sink', /"Compress \(compression\)" must be/);
    flow.send('sink', { payload: 1 });
    flow.send('dynamic', { action: 'subscribe', topic: 'a' });
    await waitFor(() => caught.some((one) => caughtCode(one) === 'MQTT_INVALID_SINK'), 'the error of the sink');
    await waitFor(() => caught.some((one) => caughtCode(one) === 'MQTT_INVALID_SOURCE'), 'the error of the source');
  });

  it('goes from Redis sinks to Redis sources', async () => {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      ...KINDS.flatMap((kind) => [
        redisNode('source', { id: `from-${kind}`, mode: 'list', key: kind, datatype: 'cbor', decompression: kind }),
        redisNode('sink', {
          id: `to-${kind}`,
          structure: 'list',
          key: kind,
          keyType: 'str',
          datatype: 'cbor',
          compression: kind,
        }),
      ]),
      recorder(),
    ]);
    const got = flow.received('got');
    await flow.connected(...KINDS.map((kind) => `from-${kind}`), ...KINDS.map((kind) => `to-${kind}`));
    for (const kind of KINDS) flow.send(`to-${kind}`, { payload });
    await waitFor(() => got.length === KINDS.length, 'all messages');
    for (const message of got) assert.deepEqual(message.payload, payload);
  });

  it('also clears a retained message', async () => {
    const { port } = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, [
      TAB,
      profile(port),
      sink({ topic: 'kept', compression: 'gzip' }),
      recorder(),
    ]);
    await flow.connected('sink');
    flow.send('sink', { payload: 'x', retain: true, qos: 1 });
    flow.send('sink', { payload: '', retain: true, qos: 1 });
    await flow.deploy(
      [
        TAB,
        profile(port),
        sink({ topic: 'kept', compression: 'gzip' }),
        recorder(),
        source({ topic: 'kept', decompression: 'gzip' }),
      ],
      'nodes',
    );
    const got = flow.received('got');
    await flow.connected('source');
    await waitFor(() => {
      flow.send('sink', { payload: 'now' });
      return got.some((message) => (message.payload as unknown) === 'now');
    }, 'a message');
    assert.ok(!got.some((message) => message['retain'] === true));
  });

  it('is undone in what a Redis sink answers, and done to each field of a hash or stream', async () => {
    const server = teardown.stopLater(await startRedis());
    const packed = { keyType: 'str', datatype: 'json', compression: 'gzip', outputs: 1 };
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('sink', { id: 'string', structure: 'string', key: 's', returnOld: true, ...packed }),
      redisNode('sink', { id: 'stream', structure: 'stream', key: 'st', ...packed, outputs: 0 }),
      redisNode('source', { mode: 'stream', key: 'st', position: '0', datatype: 'json', decompression: 'gzip' }),
      recorder(),
    ]);
    const got = flow.received('got');
    await flow.connected('string', 'stream', 'source');
    flow.send('string', { payload: { n: 1 } });
    flow.send('string', { payload: { n: 2 } });
    flow.send('stream', { payload: { a: 'x', b: [1] } });
    await waitFor(() => got.length === 3, 'all of them');
    const payloads = got.map((message) => JSON.stringify(message.payload)).toSorted();
    assert.deepEqual(payloads, ['null', '{"a":"x","b":[1]}', '{"n":1}']);
    const client = await server.client();
    assert.equal((await client.getBuffer('s'))?.readUInt16BE(0), 0x1f8b);
  });
});
