/** (e) One message to 500 source nodes on one filter: bytes out of the broker, processor time per delivery. */
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../test/support/waiting';
import type { BenchCase, Row, Settings } from '../bench';
import { Flow, type FlowNodes, type Package } from '../flows';
import { publish } from '../publish';
import { type LoadProcess, type Subject, withResources } from '../resources';
import { inTurn, median, ratios } from '../statistics';

const SOURCES = 500;
const PROFILE_COUNTS = [1, 20] as const;
const PAYLOAD_BYTES = 64;
const TOPIC = 'fan/in';
const BURST = 20;
const BYTES_MESSAGES = 20;
/** Asking costs the process under test a little. */
const POLL_MILLIS = 5;
const SETTLE_MILLIS = 10_000;
/** Header, length of the topic, topic, payload; 3.1.1 and QoS 0. */
const PACKET_BYTES = 2 + 2 + TOPIC.length + PAYLOAD_BYTES;

interface Series {
  readonly which: Package;
  readonly profiles: number;
  bytesPerMessage: number;
  readonly microsPerDelivery: number[];
}

export const fanOut: BenchCase = {
  letter: 'e',
  title: `one message to ${SOURCES} sources on one filter, QoS 0, MQTT 3.1.1`,
  run: async (settings) => {
    const series: Series[] = PROFILE_COUNTS.flatMap((profiles) =>
      (['core', 'pool'] as const).map((which) => ({ which, profiles, bytesPerMessage: 0, microsPerDelivery: [] })),
    );
    for (const each of series) {
      settings.progress(`bytes to ${each.which}, profiles: ${each.profiles}`);
      each.bytesPerMessage = await measureBytes(each);
    }
    settings.progress('processor time');
    await measureProcessorTime(series, settings);
    return { rows: PROFILE_COUNTS.flatMap((profiles) => toRows(profiles, series)), raw: series };
  },
};

function measureBytes(series: Series): Promise<number> {
  return withResources(async (resources) => {
    const broker = await resources.broker({ log: 'all' });
    const subject = await resources.nodeRed(series.which);
    await subject.call.deploy(flowNodes(series, broker.port));
    await waitFor(() => broker.count('CONNECT') > 0 && broker.count('SUBSCRIBE') > 0, 'the subscription');
    await allSubscribed(subject, broker.port);
    const before = copies(broker.log);
    await publish(broker.port, TOPIC, Array(BYTES_MESSAGES).fill('x'.repeat(PAYLOAD_BYTES)));
    await allDelivered(subject, (BYTES_MESSAGES + 1) * SOURCES);
    return ((copies(broker.log) - before) * PACKET_BYTES) / BYTES_MESSAGES;
  });
}

function copies(log: readonly string[]): number {
  return log.filter((line) => line.startsWith('Sending PUBLISH to ') && line.includes(`'${TOPIC}'`)).length;
}

async function measureProcessorTime(series: readonly Series[], settings: Settings): Promise<void> {
  await withResources(async (resources) => {
    const load = resources.load();
    const parts: { series: Series; subject: Subject; port: number }[] = [];
    for (const each of series) {
      // A broker each: all listen to one topic.
      const broker = await resources.broker();
      const subject = await resources.nodeRed(`${each.which}, profiles: ${each.profiles}`);
      await subject.call.deploy(flowNodes(each, broker.port));
      await allSubscribed(subject, broker.port);
      parts.push({ series: each, subject, port: broker.port });
    }
    for (const { subject, port } of parts) await measureSlice(subject, load, port, settings.sliceMillis * 3);
    for (let round = 0; round < settings.rounds; round += 1) {
      for (const { series: each, subject, port } of inTurn(parts, round)) {
        each.microsPerDelivery.push(await measureSlice(subject, load, port, settings.sliceMillis));
      }
    }
  });
}

async function measureSlice(subject: Subject, load: LoadProcess, port: number, millis: number): Promise<number> {
  const countBefore = await delivered(subject);
  const before = await subject.call.cpu();
  const { messages } = await load.call.run({
    port,
    version: 4,
    qos: 0,
    topic: TOPIC,
    echoTopic: 'fan/out',
    payloadBytes: PAYLOAD_BYTES,
    burst: BURST,
    millis,
  });
  await allDelivered(subject, countBefore + messages * SOURCES);
  return ((await subject.call.cpu()) - before) / (messages * SOURCES);
}

/** All sources lead to one counter; the last one also to the sink that tells the load to go on. */
function flowNodes({ which, profiles }: Series, port: number): FlowNodes {
  const flow = new Flow(which).counter('counter');
  for (let index = 0; index < profiles; index += 1) flow.profile(`profile-${index}`, { port, version: 4 });
  for (let index = 0; index < SOURCES; index += 1) {
    const to = index === SOURCES - 1 ? ['counter', 'sink'] : ['counter'];
    flow.source(`source-${index}`, `profile-${index % profiles}`, TOPIC, 0, to);
  }
  return flow.sink('sink', 'profile-0', 'fan/out', 0).nodes;
}

/** Sends messages until one of them has reached every source. */
async function allSubscribed(subject: Subject, port: number): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const before = await delivered(subject);
    await publish(port, TOPIC, ['ready?']);
    const complete = await allDelivered(subject, before + SOURCES, 300).then(
      () => true,
      () => false,
    );
    if (complete) return;
  }
  throw new Error('The sources did not get subscribed.');
}

async function delivered(subject: Subject): Promise<number> {
  return (await subject.call.counts())['counter'] ?? 0;
}

async function allDelivered(subject: Subject, expected: number, millis = SETTLE_MILLIS): Promise<void> {
  const end = performance.now() + millis;
  while ((await delivered(subject)) < expected) {
    if (performance.now() > end) throw new Error(`Not all of ${expected} deliveries happened.`);
    await sleep(POLL_MILLIS);
  }
}

function toRows(profiles: number, series: readonly Series[]): Row[] {
  const find = (which: Package): Series | undefined =>
    series.find((each) => each.which === which && each.profiles === profiles);
  const core = find('core');
  const pool = find('pool');
  if (core === undefined || pool === undefined) return [];
  const name = profiles === 1 ? 'one profile' : `${profiles} equal profiles`;
  return [
    {
      what: `${name}, bytes out of the broker per message`,
      unit: 'B',
      core: core.bytesPerMessage,
      pool: pool.bytesPerMessage,
    },
    {
      what: `${name}, processor time per delivery`,
      unit: 'µs',
      core: median(core.microsPerDelivery),
      pool: median(pool.microsPerDelivery),
    },
    {
      what: `${name}, processor time against core`,
      unit: 'x',
      core: 1,
      pool: median(ratios(pool.microsPerDelivery, core.microsPerDelivery)),
    },
  ];
}
