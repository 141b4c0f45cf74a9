/** One message of a Redis sink on its way: sent when there is a session, its result passed on, done once. */
import type { NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { RedisReply, RedisSession } from '../../drivers/redis/session';
import type { Done } from '../connection-actions';
import type { HeldMessage } from '../held-messages';
import { deliver, type DeliveryOptions } from './deliver';
import type { Plan } from './row-planner';

/** Node-RED's `send`. */
export type Send = (message: NodeMessageInFlow) => void;

export class SinkJob implements HeldMessage<RedisSession> {
  readonly #message: NodeMessageInFlow;
  readonly #plan: Plan;
  readonly #delivery: DeliveryOptions;
  readonly #send: Send | undefined;
  readonly #done: Done;

  /** @param send where the result goes; undefined if it is not wanted */
  constructor(message: NodeMessageInFlow, plan: Plan, delivery: DeliveryOptions, send: Send | undefined, done: Done) {
    this.#message = message;
    this.#plan = plan;
    this.#delivery = delivery;
    this.#send = send;
    this.#done = done;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { commands = [] } of this.#plan.rows) {
      for (const { args } of commands) {
        for (const arg of args) bytes += typeof arg === 'number' ? 8 : Buffer.byteLength(arg);
      }
    }
    return bytes;
  }

  send(session: RedisSession, failed: (error: PoolError) => void): void {
    deliver(session, this.#plan, this.#delivery, (error, result) => {
      if (error && result === undefined) failed(error);
      else this.#settle(error, result);
    });
  }

  giveUp(error: PoolError): void {
    this.#done(error);
  }

  /** It was sent another way: the replies are as they came. */
  finish(error: PoolError | undefined, replies: unknown): void {
    const { failure, result } = this.#read(replies);
    this.#settle(error ?? failure, result);
  }

  #read(replies: unknown): { readonly failure?: PoolError; readonly result?: unknown } {
    const { readResult } = this.#delivery;
    try {
      if (!this.#plan.several) return { result: replies === undefined ? undefined : readResult(replies as RedisReply) };
      return { result: (replies as RedisReply[] | undefined)?.map(readResult) };
    } catch (thrown) {
      return { failure: PoolError.from(thrown) };
    }
  }

  #settle(error: PoolError | undefined, result: unknown): void {
    try {
      if (result !== undefined) this.#send?.(this.#withResult(result, error));
    } catch (thrown) {
      // What Node-RED can't clone for several wires, say.
      this.#done(error ?? PoolError.from(thrown));
      return;
    }
    this.#done(error);
  }

  /** The message itself with the result; a copy if it goes to Catch nodes too, as it came. */
  #withResult(result: unknown, error: PoolError | undefined): NodeMessageInFlow {
    if (error) return { ...this.#message, payload: result };
    this.#message.payload = result;
    return this.#message;
  }
}
