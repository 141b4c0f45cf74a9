/** The brokers the sharing tests run against, behind one interface. */
import { startAedes } from './aedes-broker';
import { startMosquitto } from './mosquitto';
import { type OverlapMode, startStub } from './stub-broker';

export interface TestBroker {
  readonly port: number;
  readonly url: string;
  /** Packets received from the client with this id (aedes: from all clients). */
  subscribePackets(clientId: string): number;
  unsubscribePackets(clientId: string): number;
  connects(clientId: string): number;
  /** Ends it for good. */
  stop(): Promise<void>;
}

export interface BrokerKind {
  readonly name: string;
  readonly version: 4 | 5;
  /** Sends several copies without saying which subscription each is for: 3.1.1 has no way to say it. */
  readonly duplicates?: boolean;
  start(): Promise<TestBroker>;
}

async function mosquitto(allowDuplicates: boolean): Promise<TestBroker> {
  const broker = await startMosquitto({ allowDuplicates });
  return {
    port: broker.port,
    url: broker.url,
    subscribePackets: (clientId) => broker.count('SUBSCRIBE', clientId),
    unsubscribePackets: (clientId) => broker.count('UNSUBSCRIBE', clientId),
    connects: (clientId) => broker.count('CONNECT', clientId),
    stop: () => broker.stop(),
  };
}

async function aedes(): Promise<TestBroker> {
  const broker = await startAedes();
  return {
    port: broker.port,
    url: broker.url,
    subscribePackets: () => broker.counts.subscribe,
    unsubscribePackets: () => broker.counts.unsubscribe,
    connects: () => broker.counts.connect,
    stop: () => broker.stop(),
  };
}

async function stub(overlap: OverlapMode): Promise<TestBroker> {
  const broker = await startStub({ overlap });
  const count = (cmd: string, clientId: string) =>
    broker.received.filter(({ packet, connection }) => packet.cmd === cmd && connection.connect?.clientId === clientId)
      .length;
  return {
    port: broker.port,
    url: broker.url,
    subscribePackets: (clientId) => count('subscribe', clientId),
    unsubscribePackets: (clientId) => count('unsubscribe', clientId),
    connects: (clientId) => count('connect', clientId),
    stop: () => broker.stop(),
  };
}

/** Real brokers, each version once. */
export const REAL_BROKERS: readonly BrokerKind[] = [
  { name: 'mosquitto, 3.1.1', version: 4, start: () => mosquitto(false) },
  { name: 'mosquitto, 5', version: 5, start: () => mosquitto(false) },
  { name: 'aedes, 3.1.1', version: 4, start: aedes },
];

const STUBS: readonly BrokerKind[] = ([4, 5] as const).flatMap((version) =>
  (['one-copy-with-ids', 'copy-per-subscription', 'one-copy-no-ids'] as const).map((overlap) => ({
    name: `stub with ${overlap.replaceAll('-', ' ')}, ${version === 5 ? '5' : '3.1.1'}`,
    version,
    duplicates: version === 4 && overlap === 'copy-per-subscription',
    start: () => stub(overlap),
  })),
);

/** Sends a copy for each subscription, as mosquitto does unless it is told otherwise. */
export const DUPLICATING_MOSQUITTO: BrokerKind = {
  name: 'mosquitto with duplicates, 5',
  version: 5,
  start: () => mosquitto(true),
};

/** Every way brokers treat overlapping subscriptions. */
export const ALL_BROKERS: readonly BrokerKind[] = [
  ...REAL_BROKERS,
  { name: 'mosquitto with duplicates, 3.1.1', version: 4, duplicates: true, start: () => mosquitto(true) },
  ...STUBS,
];

/** Runs `tests` once per kind of broker. */
export function describeEach(kinds: readonly BrokerKind[], title: string, tests: (kind: BrokerKind) => void): void {
  for (const kind of kinds) describe(`${title} (${kind.name})`, () => tests(kind));
}
