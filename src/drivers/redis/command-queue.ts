/**
 * Commands of all sessions on their way: sent at once when that is possible, else queued in order within the limits of
 * their own session; watched until they are answered; sent again or failed when the connection breaks under them.
 */
import type { ConnectionContext } from '../../core/driver';
import { PoolError } from '../../core/errors';
import { turnMillis } from '../../core/latency';
import { type QueueAccount, SendQueue } from '../../core/send-queue';
import type { QueueView } from '../../core/views';
import { type Job, outcomeUnknown } from './command-job';
import { InFlightJobs } from './in-flight-jobs';
import type { SeenByRedis } from './key-kinds';
import type { RedisLink } from './redis-link';
import { isSafeToResend } from './resend-rules';
import type { CommandOutcome, RedisReply } from './session';
import { sendTransaction } from './transaction';
import { asResp2 } from './resp2-shapes';
import { mayBlock } from './unshareable';
import { t } from '../../core/wording';

/** What is sent without an answer, at most; more waits here, where it can still be dropped. */
const MAX_IN_FLIGHT = 10_000;
const MAX_BACKLOG_BYTES = 16 * 1024 * 1024;
/** How long a command waits that met a node of a cluster that is gone. */
const NODE_LOST_MILLIS = 200;
/** How exact deadlines are. */
const SWEEP_MILLIS = 50;

type QueueContext = Pick<ConnectionContext, 'counters' | 'latency' | 'tracing' | 'warn'>;

export class CommandQueue {
  readonly #context: QueueContext;
  readonly #seen: SeenByRedis | undefined;
  readonly #queue: SendQueue<Job>;
  readonly #inFlight = new InFlightJobs();
  /** Waiting to be tried again by themselves, without holding up the queue. */
  readonly #apart = new Set<Job>();
  #link: RedisLink | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;
  #nextDeadline = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(context: QueueContext, seen?: SeenByRedis) {
    this.#context = context;
    this.#seen = seen;
    this.#queue = new SendQueue<Job>((job, error) => this.#fail(job, error));
  }

  /** Commands sent and not answered. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Jobs waiting to be sent. */
  get waiting(): number {
    return this.#queue.length + this.#apart.size;
  }

  /** What waits, if something does. */
  get views(): QueueView[] {
    const { view } = this.#queue;
    const apart = this.#apart.size;
    if (apart === 0) return view ? [view] : [];
    return [{ ...view, waiting: apart + (view?.waiting ?? 0) }];
  }

  add(job: Job): void {
    job.manner.load.jobs += 1;
    if (this.#closed) return this.#fail(job, closedError());
    if (job.deadline > 0) this.#watch(job.deadline);
    if (this.#link && this.#queue.length === 0 && this.#hasRoom(this.#link)) this.#send(this.#link, job);
    else this.#queue.offer(job);
  }

  /** What one session has waiting fails: it is to go another way. */
  withdraw(account: QueueAccount): void {
    const error = new PoolError('CONNECTION_CLOSED', t`The command was withdrawn before it was sent.`);
    for (const job of this.#queue.withdraw(account)) this.#fail(job, error);
  }

  connected(link: RedisLink): void {
    this.#link = link;
    this.#pump();
  }

  /** The link is gone: what may be sent again goes back in front of the queue, in order. */
  lost(): void {
    this.#link = undefined;
    const again = this.#inFlight.takeAll().filter((job) => this.#takeBack(job));
    this.#queue.putBack([...again, ...this.#apart]);
    this.#apart.clear();
  }

  close(): void {
    this.#closed = true;
    this.lost();
    this.#queue.clear(closedError());
    clearTimeout(this.#sweepTimer);
  }

  #hasRoom(link: RedisLink): boolean {
    return this.#inFlight.size < MAX_IN_FLIGHT && link.backlogBytes < MAX_BACKLOG_BYTES;
  }

  #pump(): void {
    const link = this.#link;
    while (link && this.#link === link && this.#hasRoom(link)) {
      const job = this.#queue.shift();
      if (!job) return;
      this.#send(link, job);
    }
  }

  #send(link: RedisLink, job: Job): void {
    job.attempt += 1;
    const { replyTimeoutMillis } = job.manner;
    job.replyDeadline = replyTimeoutMillis > 0 ? Date.now() + replyTimeoutMillis : 0;
    if (job.replyDeadline > 0) this.#watch(job.replyDeadline);
    this.#inFlight.add(job);
    const { counters, tracing } = this.#context;
    if (this.#seen) for (const command of job.commands) this.#seen.command(command);
    counters.messagesOut += 1;
    counters.bytesOut += job.bytes;
    job.sentAt ||= turnMillis();
    job.traced ??= tracing?.sent(subjectOf(job), job.bytes);
    const { attempt } = job;
    if (job.manner.atomic) {
      sendTransaction(link, job.commands, job.manner.buffers, (error, outcomes) => {
        if (!this.#isAwaited(job, attempt, error)) return;
        if (outcomes) for (const [index, outcome] of outcomes.entries()) job.outcomes[index] = outcome;
        this.#settle(job, error);
      });
      return;
    }
    const { commands } = job;
    for (let index = 0; index < commands.length; index += 1) {
      const command = commands[index];
      if (!command || job.outcomes[index]) continue;
      const answered = (error: PoolError | undefined, reply: RedisReply = null) => {
        if (!this.#isAwaited(job, attempt, error)) return;
        job.outcomes[index] = error ? { error } : { reply: asResp2(command, reply) };
        job.unanswered -= 1;
        if (job.unanswered === 0) this.#settle(job);
      };
      link.send(command.name, command.args, job.manner.buffers, answered, job.manner.dedicated && mayBlock(command));
    }
  }

  /** Answers of a link that was lost come from `lost`, those of a job that was given up are for nobody. */
  #isAwaited(job: Job, attempt: number, error: PoolError | undefined): boolean {
    if (job.settled || job.attempt !== attempt || !job.inFlight) return false;
    if (!error || !isLoss(error)) return true;
    if (error.code === 'REDIS_NOT_SENT') job.unsent = true;
    // The client of a cluster outlives the connection to one of its nodes: there `lost` won't be called.
    if (this.#link?.server.mode === 'cluster') this.#retryAlone(job);
    return false;
  }

  #retryAlone(job: Job): void {
    this.#inFlight.delete(job);
    if (!this.#takeBack(job)) return;
    this.#apart.add(job);
    const timer = setTimeout(() => {
      if (!this.#apart.delete(job)) return;
      this.#queue.putBack([job]);
      this.#pump();
    }, NODE_LOST_MILLIS);
    timer.unref();
  }

  #settle(job: Job, error?: PoolError): void {
    this.#inFlight.delete(job);
    this.#finish(job, error, job.outcomes);
    if (this.#queue.length > 0) this.#pump();
  }

  /** Whether anything of a job is to be sent again; what must not be has its outcome now. */
  #takeBack(job: Job): boolean {
    if (job.unsent) {
      job.unsent = false;
      return true;
    }
    const policy = job.manner.resend;
    const safe = policy === 'always' || (policy === 'safe' && job.commands.every(isSafeToResend));
    if (job.manner.atomic) {
      if (safe) return true;
      this.#finish(job, outcomeUnknown(t`The transaction`), []);
      return false;
    }
    for (const [index, command] of job.commands.entries()) {
      if (job.outcomes[index] || policy === 'always' || (policy === 'safe' && isSafeToResend(command))) continue;
      job.outcomes[index] = { error: outcomeUnknown(command.name) };
      job.unanswered -= 1;
    }
    if (job.unanswered > 0) return true;
    this.#finish(job, undefined, job.outcomes);
    return false;
  }

  /** The one way out of a job. A caller that throws concerns nobody else. */
  #finish(job: Job, error: PoolError | undefined, outcomes: readonly CommandOutcome[]): void {
    const { latency, tracing } = this.#context;
    const millis = job.sentAt > 0 ? turnMillis() - job.sentAt : undefined;
    if (!error && millis !== undefined) latency?.observe(millis);
    job.settled = true;
    job.manner.load.jobs -= 1;
    if (job.traced) tracing?.settled(job.traced, millis, error ?? outcomes.find((outcome) => outcome.error)?.error);
    try {
      job.done(error, outcomes);
    } catch (thrown) {
      this.#context.warn(PoolError.from(thrown));
    }
  }

  #fail(job: Job, error: PoolError): void {
    if (job.settled) return;
    this.#context.counters.refused += 1;
    this.#finish(job, error, []);
  }

  #watch(deadline: number): void {
    if (deadline < this.#nextDeadline) this.#nextDeadline = deadline;
    if (this.#sweepTimer) return;
    this.#sweepTimer = setTimeout(() => this.#sweep(), SWEEP_MILLIS);
    this.#sweepTimer.unref();
  }

  #sweep(): void {
    this.#sweepTimer = undefined;
    const now = Date.now();
    if (now >= this.#nextDeadline) this.#expire(now);
    if (this.#nextDeadline !== Number.POSITIVE_INFINITY) this.#watch(this.#nextDeadline);
  }

  #expire(now: number): void {
    let next = Number.POSITIVE_INFINITY;
    const late: [Job, PoolError][] = [];
    for (const job of this.#inFlight.list()) {
      const deadline = Math.min(job.deadline || next, job.replyDeadline || next);
      if (deadline <= now) late.push([job, timeout(job, true)]);
      else next = Math.min(next, deadline);
    }
    const wait = (job: Job) => {
      if (job.deadline === 0) return;
      if (job.deadline <= now) late.push([job, timeout(job, false)]);
      else next = Math.min(next, job.deadline);
    };
    this.#apart.forEach(wait);
    this.#queue.forEach(wait);
    this.#nextDeadline = next;
    for (const [job, error] of late) {
      if (!this.#inFlight.delete(job) && !this.#apart.delete(job)) this.#queue.remove(job);
      this.#fail(job, error);
    }
    this.#pump();
  }
}

/** For tracing tools: names only, arguments may be secrets. */
function subjectOf({ commands, manner }: Job): string {
  const name = commands[0]?.name.toUpperCase() ?? '';
  return manner.atomic || commands.length > 1 ? `${name} +${commands.length - 1}` : name;
}

function isLoss({ code }: PoolError): boolean {
  return code === 'REDIS_CONNECTION_LOST' || code === 'REDIS_NOT_SENT' || code === 'REDIS_NO_ANSWER';
}

function timeout(job: Job, sent: boolean): PoolError {
  const name = job.manner.atomic ? t`The transaction` : (job.commands[0]?.name ?? '');
  return sent
    ? new PoolError(
        'REDIS_TIMEOUT',
        t`${name} was not answered in time; the server may have carried it out or may still do so.`,
      )
    : new PoolError('REDIS_TIMEOUT', t`${name} waited for the connection in vain; it was not sent and never will be.`);
}

function closedError(): PoolError {
  return new PoolError('CONNECTION_CLOSED', t`The connection was closed before the command was answered.`);
}
