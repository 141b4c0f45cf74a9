/** (r) A long outage into a sink that keeps on disk, and (u) the order after a shorter one: what is lost and overtaken. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchCase, Row, Settings } from '../bench';
import { countRow, NAMES, runSink, type Side, type SinkKind, type SinkOutcome } from '../delivery/sink-run';

const PER_SECOND = 1000;
const BEFORE_SECONDS = 2;
const AFTER_SECONDS = 3;
const OUTAGE_SECONDS = 30;
const SHORT_OUTAGE_SECONDS = 10;
const QUICK_OUTAGE_SECONDS = 3;

export const outageToDisk: BenchCase = {
  letter: 'r',
  protocol: 'delivery',
  title: `server away for ${OUTAGE_SECONDS} s, ${PER_SECOND} messages a second into a sink with its outbox on disk`,
  run: (settings) => run(settings, ['qos1', 'rpush'], OUTAGE_SECONDS, { outbox: 'disk', doneWhen: 'safe' }),
};

export const orderAfterOutage: BenchCase = {
  letter: 'u',
  protocol: 'delivery',
  title: `order after ${SHORT_OUTAGE_SECONDS} s without server, ${PER_SECOND} messages a second, kept in memory`,
  run: (settings) => run(settings, ['publish', 'rpush', 'qos0', 'qos1'], SHORT_OUTAGE_SECONDS, {}),
};

async function run(
  { quick, progress }: Settings,
  kinds: readonly SinkKind[],
  fullSeconds: number,
  fields: Readonly<Record<string, unknown>>,
): Promise<{ rows: Row[]; raw: unknown }> {
  const seconds = quick ? QUICK_OUTAGE_SECONDS : fullSeconds;
  const count = PER_SECOND * (BEFORE_SECONDS + seconds + AFTER_SECONDS);
  const rows: Row[] = [];
  const raw: Record<string, Readonly<Record<Side, SinkOutcome>>> = {};
  for (const kind of kinds) {
    progress(`${NAMES[kind]}, ${seconds} s`);
    const theirs = await outage(kind, 'theirs', count, seconds, {});
    const ours = await outage(kind, 'ours', count, seconds, fields);
    raw[kind] = { theirs, ours };
    rows.push(
      countRow(`${NAMES[kind]}: lost of ${count}`, 'messages', theirs, ours, ({ lost, told }) => lost + told),
      countRow(`${NAMES[kind]}: out of order`, 'messages', theirs, ours, ({ disordered }) => disordered),
    );
  }
  return { rows, raw };
}

function outage(
  kind: SinkKind,
  side: Side,
  count: number,
  seconds: number,
  fields: Readonly<Record<string, unknown>>,
): Promise<SinkOutcome> {
  return runSink({ kind, side, perSecond: PER_SECOND, count, fields }, async ({ proxy }) => {
    await sleep(BEFORE_SECONDS * 1000);
    await proxy.stop();
    await sleep(seconds * 1000);
    await proxy.start();
  });
}
