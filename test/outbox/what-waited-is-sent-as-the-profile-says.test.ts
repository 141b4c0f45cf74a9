import assert from 'node:assert/strict';
import { PoolError } from '../../src/core/errors';
import { Pacer } from '../../src/runtime/outbox/pacer';
import type { OutboxProtocol, Sending } from '../../src/runtime/outbox/protocol';
import { Pump, type PumpSettings } from '../../src/runtime/outbox/pump';
import { DEFAULT_OUTBOX } from '../../src/runtime/outbox/settings';
import { seeds, withSeed } from '../support/random';
import { add, openOutbox, Outcomes, outboxFolder } from '../support/outboxes';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor } from '../support/waiting';

interface Session {
  close(): void;
}

const withdrawn = () => new PoolError('PASSING', 'withdrawn');

const session = (): Session => ({ close: () => undefined });

describe('what waited in an outbox', () => {
  const teardown = useTeardown();

  /** A pump whose jobs are `lane:text`, and what it sends; each is answered by the test, or at once. */
  function start(settings: Partial<PumpSettings> = {}, protocol: Partial<OutboxProtocol<Session, string>> = {}) {
    const { outbox, reports } = openOutbox(teardown, outboxFolder(teardown));
    const outcomes = new Outcomes();
    const sent: Sending<string>[] = [];
    const answers: ((error?: PoolError) => void)[] = [];
    const pump = new Pump<Session, string>(
      outbox,
      {
        window: 1_000,
        isPassing: ({ code }) => code === 'PASSING',
        describe: () => ({}),
        send: (_session, sending, callback) => {
          sent.push(sending);
          answers.push(callback);
        },
        ...protocol,
      },
      { ...DEFAULT_OUTBOX, queue: {}, ...settings },
    );
    teardown.defer(() => pump.stop());
    const put = async (...texts: string[]) => {
      for (const text of texts) add(outbox, text, outcomes.waiter(text));
      await waitFor(() => texts.every((text) => outcomes.all.has(text) || sent.some(({ job }) => job === text)), 'it');
    };
    const jobs = () => sent.map(({ job }) => job);
    return { outbox, reports, pump, put, sent, jobs, answers };
  }

  it('goes before what is new, in one order', async () => {
    const { pump, put, jobs, answers } = start({}, { window: 2 });
    await put('a', 'b', 'c');
    pump.use(session());
    pump.connected = true;
    await put('d');
    for (let index = 0; index < 4; index += 1) answers[index]?.();
    assert.deepEqual(jobs(), ['a', 'b', 'c', 'd']);
  });

  it('goes after what is new', async () => {
    const { pump, put, jobs, answers } = start({ resendPriority: 'after' }, { window: 1 });
    await put('a', 'b');
    pump.use(session());
    pump.connected = true;
    assert.deepEqual(jobs(), ['a']);
    await put('c', 'd');
    for (let index = 0; index < 4; index += 1) answers[index]?.();
    assert.deepEqual(jobs(), ['a', 'c', 'd', 'b']);
  });

  it('goes by turns with what is new', async () => {
    const { pump, put, jobs, answers } = start({ resendPriority: 'with' }, { window: 1 });
    await put('a', 'b', 'c');
    pump.use(session());
    pump.connected = true;
    await put('d', 'e');
    for (let index = 0; index < 5; index += 1) answers[index]?.();
    assert.deepEqual(jobs(), ['a', 'd', 'b', 'e', 'c']);
  });

  it('is marked, and what is new is not', async () => {
    const { pump, put, sent } = start({ resendMark: 'late' });
    await put('a');
    pump.use(session());
    pump.connected = true;
    await put('b');
    assert.deepEqual(
      sent.map(({ job, mark }) => [job, mark]),
      [
        ['a', 'late'],
        ['b', undefined],
      ],
    );
  });

  it('is paced, and what is new is not if it does not go after it', async () => {
    const { pump, put, jobs, answers } = start({ resendRate: 1, resendPriority: 'after' });
    await put('a', 'b', 'c');
    pump.use(session());
    pump.connected = true;
    assert.deepEqual(jobs(), ['a']);
    answers[0]?.();
    await put('d');
    assert.deepEqual(jobs(), ['a', 'd']);
  });

  it('is paced so that no more go than the rate allows', () => {
    const pacer = new Pacer();
    let went = 0;
    let now = 0;
    for (; now < 10_000; now += 1) while (pacer.take(250, now) === 0) went += 1;
    assert.ok(went >= 2_480 && went <= 2_520, `${went} in 10 s`);
    now += 60_000;
    let atOnce = 0;
    while (pacer.take(250, now) === 0) atOnce += 1;
    assert.ok(atOnce <= 13, `${atOnce} at once after a pause`);
  });

  it('stays, and is sent again in order, when it fails for a reason that passes', async () => {
    const { outbox, pump, put, jobs, answers } = start();
    await put('a', 'b');
    pump.use(session());
    pump.connected = true;
    answers[0]?.(new PoolError('PASSING', 'not now'));
    answers[1]?.(new PoolError('PASSING', 'not now'));
    assert.equal(outbox.count, 2);
    await waitFor(() => answers.length === 4, 'both again');
    assert.deepEqual(jobs(), ['a', 'b', 'a', 'b']);
    answers[2]?.();
    answers[3]?.();
    assert.equal(outbox.count, 0);
  });

  it('is given up when it fails for good, and told', async () => {
    const { outbox, reports, pump, put, answers } = start();
    await put('a');
    pump.use(session());
    pump.connected = true;
    answers[0]?.(new PoolError('REFUSED', 'never'));
    assert.equal(outbox.count, 0);
    assert.equal(reports.failures[0]?.error.code, 'REFUSED');
  });

  it('is not sent while there is no connection, and what is under way then is not sent twice', async () => {
    const { outbox, pump, put, jobs, answers } = start();
    pump.use(session());
    pump.connected = true;
    await put('a');
    pump.connected = false;
    await put('b');
    assert.deepEqual(jobs(), ['a']);
    pump.connected = true;
    assert.deepEqual(jobs(), ['a', 'b']);
    answers[0]?.();
    answers[1]?.();
    assert.equal(outbox.count, 0);
  });

  it('is sent again on another session, and an answer of the old one counts, too', async () => {
    const { outbox, pump, put, jobs, answers } = start();
    pump.use(session());
    pump.connected = true;
    await put('a', 'b');
    pump.use(undefined);
    answers[0]?.();
    assert.equal(outbox.count, 1);
    pump.use(session());
    assert.deepEqual(jobs(), ['a', 'b', 'b']);
    answers[1]?.();
    answers[2]?.();
    assert.equal(outbox.count, 0);
  });

  it('comes back from a session that is left, in order, and goes once', async () => {
    const { outbox, pump, put, jobs, answers } = start();
    const left = { ...session(), withdraw: () => answers.slice(0, 2).forEach((answer) => answer(withdrawn())) };
    pump.use(left);
    pump.connected = true;
    await put('a', 'b');
    pump.use(session());
    assert.deepEqual(jobs(), ['a', 'b', 'a', 'b']);
    answers[2]?.();
    answers[3]?.();
    assert.equal(outbox.count, 0);
  });

  for (const seed of seeds(4)) {
    it(`keeps the order of each lane, whatever fails (seed ${seed})`, async function () {
      this.timeout(60_000);
      await withSeed(seed, async (random) => {
        const lane = (job: string) => job.slice(0, 1);
        const delivered: string[] = [];
        const { outbox, pump, put } = start(
          { resendPriority: 'before' },
          {
            window: 8,
            lane,
            send: (_session, { job }, callback) => {
              setTimeout(
                () => {
                  if (random.chance(0.02)) return callback(new PoolError('PASSING', 'not now'));
                  delivered.push(job);
                  callback();
                },
                random.int(0, 3),
              );
            },
          },
        );
        const sent: string[] = [];
        const some = (count: number) =>
          Array.from({ length: count }, () => {
            const job = `${random.pick(['a', 'b', 'c', 'd'])}${String(sent.length).padStart(4, '0')}`;
            sent.push(job);
            return job;
          });
        await put(...some(150));
        pump.use(session());
        pump.connected = true;
        for (let round = 0; round < 10; round += 1) {
          const texts = some(15);
          for (const text of texts) outbox.add('sink', text, 5, { doneWhen: 'delivered', done: () => undefined });
          await new Promise((resolve) => setTimeout(resolve, random.int(0, 10)));
          if (random.chance(0.3)) pump.connected = !random.chance(0.5);
        }
        pump.connected = true;
        await waitFor(
          () => outbox.count === 0,
          () => `all; ${outbox.count} left`,
          40_000,
        );
        for (const one of ['a', 'b', 'c', 'd']) {
          assert.deepEqual(
            delivered.filter((job) => lane(job) === one),
            sent.filter((job) => lane(job) === one),
          );
        }
      });
    });
  }

  it('leaves nothing to do when it is stopped', async () => {
    const { pump, put, jobs } = start({ resendRate: 1 });
    await put('a', 'b', 'c');
    pump.use(session());
    pump.connected = true;
    const before = jobs().length;
    pump.stop();
    await staysFalse(() => jobs().length > before, 'something sent after the end', 50);
  });
});
