/**
 * Messages of a sink whose profile is disconnected on purpose (auto-connect off, or a disconnect action): they wait
 * here, within the profile's queue limits, until someone connects. During an outage the session does the queueing.
 */
import { DEFAULT_QUEUE } from '../core/pool';
import type { QueueLimits } from '../core/driver';
import { PoolError } from '../core/errors';
import type { MqttSession, OutgoingMessage } from '../drivers/mqtt/session';

type PublishCallback = (error?: PoolError) => void;

interface Held {
  readonly message: OutgoingMessage;
  readonly callback: PublishCallback;
  readonly bytes: number;
  readonly since: number;
}

export class HeldMessages {
  readonly #limits: QueueLimits;
  #held: Held[] = [];
  #bytes = 0;
  #expiryTimer: NodeJS.Timeout | undefined;

  constructor(limits: Partial<QueueLimits>) {
    this.#limits = { ...DEFAULT_QUEUE, ...limits };
  }

  get count(): number {
    return this.#held.length;
  }

  /** Calls back at once, with an error, when there is no room. */
  add(message: OutgoingMessage, callback: PublishCallback): void {
    const bytes = Buffer.byteLength(message.payload) + Buffer.byteLength(message.topic);
    const { maxCount, maxBytes, overflow } = this.#limits;
    const fits = () => this.#held.length < maxCount && this.#bytes + bytes <= maxBytes;
    if (overflow === 'drop-oldest' && bytes <= maxBytes) {
      while (!fits() && this.#held.length > 0)
        this.#drop('QUEUE_DROPPED', 'Newer messages took its place in the queue.');
    }
    if (!fits()) {
      const code = overflow === 'refuse' ? 'QUEUE_FULL' : 'QUEUE_DROPPED';
      callback(new PoolError(code, `The queue is full (${this.#held.length} messages); connect, or raise its limits.`));
      return;
    }
    this.#held.push({ message, callback, bytes, since: Date.now() });
    this.#bytes += bytes;
    this.#watchAge();
  }

  /** Hands everything to the session, in order. */
  flush(session: MqttSession): void {
    const held = this.#takeAll();
    for (const { message, callback } of held) session.publish(message, callback);
  }

  /** The node stops: nobody will send these any more. */
  close(): void {
    for (const { callback } of this.#takeAll()) {
      callback(new PoolError('CONNECTION_CLOSED', 'The node was stopped before its profile was connected.'));
    }
  }

  #takeAll(): Held[] {
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
    this.#bytes -= oldest.bytes;
    oldest.callback(new PoolError(code, why));
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
          this.#drop('QUEUE_EXPIRED', `It waited longer than ${maxAgeMillis / 1000} s for a connection.`);
        }
        this.#watchAge();
      },
      Math.max(1, oldest.since + maxAgeMillis - Date.now()),
    );
    this.#expiryTimer.unref();
  }
}
