/** (v) The password of the server is changed under load, a second later that of the profile: what is lost, and the gap. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchCase, Row } from '../bench';
import { countRow, NAMES, runSink, type Side, type SinkKind, type SinkOutcome } from '../delivery/sink-run';

const PER_SECOND = 500;
const BEFORE_SECONDS = 2;
const BETWEEN_SECONDS = 1;
const AFTER_SECONDS = 4;
const SECOND_PASSWORD = 'second';

export const rotatedPassword: BenchCase = {
  letter: 'v',
  protocol: 'delivery',
  title: `password changed at the server, ${BETWEEN_SECONDS} s later in the profile, ${PER_SECOND} messages a second`,
  run: async ({ progress }) => {
    const rows: Row[] = [];
    const kinds: readonly SinkKind[] = ['qos0', 'qos1', 'publish', 'rpush'];
    for (const kind of kinds) {
      progress(NAMES[kind]);
      const theirs = await rotate(kind, 'theirs');
      const ours = await rotate(kind, 'ours');
      const gap = ({ exited, longestSilenceMillis }: SinkOutcome) =>
        exited ? 'exits' : Math.round(longestSilenceMillis);
      const beside = { target: 'printed beside' };
      rows.push(
        // What a broker that hangs up has not read is lost at QoS 0, whoever sends it.
        countRow(`${NAMES[kind]}: lost without a word`, 'messages', theirs, ours, ({ lost }) => lost, kind !== 'qos0'),
        {
          what: `${NAMES[kind]}: failed with an error`,
          unit: 'messages',
          core: theirs.told,
          pool: ours.told,
          ...beside,
        },
        { what: `${NAMES[kind]}: longest gap`, unit: 'ms', core: gap(theirs), pool: gap(ours), ...beside },
      );
      if (kind === 'qos0' || kind === 'qos1') continue;
      const again = await rotate(kind, 'ours', { resend: 'always' });
      const unsent = ({ lost, told }: SinkOutcome) => lost + told;
      rows.push(countRow(`${NAMES[kind]}: not delivered, sink sends again`, 'messages', theirs, again, unsent));
    }
    return { rows, raw: rows };
  },
};

function rotate(kind: SinkKind, side: Side, fields: Readonly<Record<string, unknown>> = {}): Promise<SinkOutcome> {
  const count = PER_SECOND * (BEFORE_SECONDS + BETWEEN_SECONDS + AFTER_SECONDS);
  return runSink({ kind, side, perSecond: PER_SECOND, count, fields }, async ({ server, deploy }) => {
    await sleep(BEFORE_SECONDS * 1000);
    await server.changePassword(SECOND_PASSWORD);
    await sleep(BETWEEN_SECONDS * 1000);
    await deploy(SECOND_PASSWORD);
  });
}
