/** (t) Connections whose path silently forwards nothing more, no FIN and no RST: when a sink notices, and what is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchCase, Row } from '../bench';
import { countRow, NAMES, runSink, type Side, type SinkKind, type SinkOutcome } from '../delivery/sink-run';

const PER_SECOND = 500;
const BEFORE_SECONDS = 2;
/** Longer than the core nodes' keep-alive of 60 s takes to notice. */
const FROZEN_SECONDS = 100;
const QUICK_FROZEN_SECONDS = 15;
const AFTER_SECONDS = 3;
const KINDS: readonly SinkKind[] = ['qos1', 'publish', 'rpush'];
const NOTICE_TARGET_SECONDS = 10;

interface HalfOpen extends SinkOutcome {
  /** Until the sink's status was no longer green or another connection was made; undefined if neither came. */
  readonly noticedSeconds: number | undefined;
}

export const halfOpen: BenchCase = {
  letter: 't',
  protocol: 'delivery',
  title: `a path forwards nothing more, without a FIN, ${PER_SECOND} messages a second through it`,
  run: async ({ quick, progress }) => {
    const seconds = quick ? QUICK_FROZEN_SECONDS : FROZEN_SECONDS;
    const rows: Row[] = [];
    for (const kind of KINDS) {
      progress(`${NAMES[kind]}, ${seconds} s`);
      const [theirs, ours, again] = await Promise.all([
        strand(kind, 'theirs', seconds),
        strand(kind, 'ours', seconds),
        kind === 'qos1' ? undefined : strand(kind, 'ours', seconds, { resend: 'always' }),
      ]);
      const noticed = ({ noticedSeconds, exited }: HalfOpen) =>
        noticedSeconds ?? (exited ? 'exits' : `not in ${seconds} s`);
      rows.push(
        {
          what: `${NAMES[kind]}: noticed after`,
          unit: 's',
          core: noticed(theirs),
          pool: noticed(ours),
          target: `<= ${NOTICE_TARGET_SECONDS}`,
          reached: (ours.noticedSeconds ?? Number.POSITIVE_INFINITY) <= NOTICE_TARGET_SECONDS,
        },
        countRow(`${NAMES[kind]}: lost without a word`, 'messages', theirs, ours, ({ lost }) => lost),
        { what: `${NAMES[kind]}: failed with an error`, unit: 'messages', core: theirs.told, pool: ours.told },
      );
      if (!again) continue;
      const unsent = ({ lost, told }: SinkOutcome) => lost + told;
      rows.push(countRow(`${NAMES[kind]}: not delivered, sink sends again`, 'messages', theirs, again, unsent));
    }
    return { rows, raw: rows };
  },
};

/** Connections made later work. */
async function strand(
  kind: SinkKind,
  side: Side,
  seconds: number,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<HalfOpen> {
  let noticedSeconds: number | undefined;
  const count = PER_SECOND * (BEFORE_SECONDS + seconds + AFTER_SECONDS);
  const outcome = await runSink({ kind, side, perSecond: PER_SECOND, count, fields }, async ({ proxy, subject }) => {
    await sleep(BEFORE_SECONDS * 1000);
    const isGreen = async () => (await subject.call.status('sink')).startsWith('green');
    const wasGreen = await isGreen();
    const { accepted } = proxy;
    const start = performance.now();
    proxy.strand();
    const elapsed = () => (performance.now() - start) / 1000;
    while (noticedSeconds === undefined && elapsed() < seconds) {
      if (proxy.accepted > accepted || (wasGreen && !(await isGreen()))) noticedSeconds = elapsed();
      else await sleep(50);
    }
  });
  return { ...outcome, noticedSeconds };
}
