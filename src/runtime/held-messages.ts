/**
 * Messages of a sink whose profile is disconnected on purpose (auto-connect off, or a disconnect action): they wait
 * here, within the profile's queue limits, until someone connects. During an outage the session does the queueing.
 */
import { DEFAULT_QUEUE, type QueueLimits } from '../core/driver';
import { PoolError } from '../core/errors';
import { t } from '../core/wording';

/** What is to be done with a message once there is a session. One of the two functions is called, once. */
export interface HeldMessage<Session> {
  /** What it counts for in the queue's limits. */
  readonly bytes: number;
  /** @param failed to be told in place of `giveUp`, if it fails as a whole: it may have another try */
  send(session: Session, failed: (error: PoolError) => void): void;
  giveUp(error: PoolError): void;
  /** Whether it has been given up already, by a time limit of its own: then it takes no place. */
  readonly isOver?: boolean;
}

interface Held<Session> {
  readonly message: HeldMessage<Session>;
  /** Its place: the lower goes first. */
  readonly number: number;
  readonly since: number;
}

export class HeldMessages<Session> {
  #limits: QueueLimits;
  #held: Held<Session>[] = [];
  #bytes = 0;
  #expiryTimer: NodeJS.Timeout | undefined;

  constructor(limits: Partial<QueueLimits>) {
    this.#limits = { ...DEFAULT_QUEUE, ...limits };
  }

  /** The profile has other limits now. */
  set limits(limits: Partial<QueueLimits>) {
    this.#limits = { ...DEFAULT_QUEUE, ...limits };
  }

  get count(): number {
    return this.#held.filter(({ message }) => !message.isOver).length;
  }

  /** Gives the message up at once when there is no room. Those with a lower number go first, whenever they were added. */
  add(message: HeldMessage<Session>, number: number): void {
    const { bytes } = message;
    const { maxCount, maxBytes, overflow } = this.#limits;
    const fits = () => this.#held.length < maxCount && this.#bytes + bytes <= maxBytes;
    if (!fits()) this.#forget();
    if (overflow === 'drop-oldest' && bytes <= maxBytes) {
      while (!fits() && this.#held.length > 0)
        this.#drop('QUEUE_DROPPED', t`Newer messages took its place in the queue.`);
    }
    if (!fits()) {
      const code = overflow === 'refuse' ? 'QUEUE_FULL' : 'QUEUE_DROPPED';
      message.giveUp(
        new PoolError(code, t`The queue is full (${this.#held.length} messages); connect, or raise its limits.`),
      );
      return;
    }
    this.#held.push({ message, number, since: Date.now() });
    this.#bytes += bytes;
    this.#watchAge();
  }

  /** Hands everything over, in order. */
  flush(send: (message: HeldMessage<Session>, number: number) => void): void {
    const held = this.#takeAll().sort((one, other) => one.number - other.number);
    for (const { message, number } of held) send(message, number);
  }

  /** Nobody will send these any more. */
  giveUp(error: PoolError): void {
    for (const { message } of this.#takeAll()) message.giveUp(error);
  }

  /** The node stops. */
  close(): void {
    this.giveUp(new PoolError('CONNECTION_CLOSED', t`The node was stopped before its profile was connected.`));
  }

  #forget(): void {
    this.#held = this.#held.filter(({ message }) => !message.isOver);
    this.#bytes = this.#held.reduce((sum, { message }) => sum + message.bytes, 0);
  }

  #takeAll(): Held<Session>[] {
    clearTimeout(this.#expiryTimer);
    this.#expiryTimer = undefined;
    const held = this.#held;
    this.#held = [];
    this.#bytes = 0;
    return held;
  }

  #drop(code: 'QUEUE_DROPPED' | 'QUEUE_EXPIRED', why: string): void {
    const oldest = this.#held.shift();
    if (!oldest) return;
    this.#bytes -= oldest.message.bytes;
    oldest.message.giveUp(new PoolError(code, why));
  }

  #watchAge(): void {
    const { maxAgeMillis } = this.#limits;
    const oldest = this.#held[0];
    if (maxAgeMillis === 0 || this.#expiryTimer || !oldest) return;
    this.#expiryTimer = setTimeout(
      () => {
        this.#expiryTimer = undefined;
        const limit = Date.now() - maxAgeMillis;
        while (this.#held[0] && this.#held[0].since <= limit) {
          this.#drop('QUEUE_EXPIRED', t`It waited longer than ${maxAgeMillis / 1000} s for a connection.`);
        }
        this.#watchAge();
      },
      Math.max(1, oldest.since + maxAgeMillis - Date.now()),
    );
    this.#expiryTimer.unref();
  }
}
