/** Several messages of a Redis sink that go at once; each has its own result and is done by itself. */
import { PoolError } from '../../core/errors';
import type { RedisReply, RedisSession } from '../../drivers/redis/session';
import type { HeldMessage } from '../held-messages';
import { isPlainObject } from '../settings-readers';
import { deliver, type DeliveryOptions } from './deliver';
import type { Plan } from './row-planner';
import type { SinkJob } from './sink-job';

/** A message with what it asks for. */
export interface BatchMember {
  readonly job: SinkJob;
  readonly plan: Plan;
}

export class BatchJob implements HeldMessage<RedisSession> {
  readonly plan: Plan;
  readonly #members: readonly BatchMember[];
  readonly #delivery: DeliveryOptions;

  constructor(members: readonly BatchMember[], delivery: DeliveryOptions) {
    this.#members = members;
    this.#delivery = delivery;
    this.plan = { several: true, rows: members.flatMap(({ plan }) => plan.rows) };
  }

  get bytes(): number {
    return this.#members.reduce((sum, { job }) => sum + job.bytes, 0);
  }

  send(session: RedisSession, failed: (error: PoolError) => void): void {
    const { options, atOnce } = this.#delivery;
    deliver(session, this.plan, { options, atOnce, readResult: (reply) => reply }, (error, results) => {
      if (error && results === undefined) failed(error);
      else this.finish(error, results);
    });
  }

  giveUp(error: PoolError): void {
    for (const { job } of this.#members) job.giveUp(error);
  }

  /** @param results a reply as it came for each row, or `{ error: { code, message } }`; undefined if there are none */
  finish(error: PoolError | undefined, results: unknown): void {
    if (!Array.isArray(results)) {
      for (const { job } of this.#members) {
        if (error) job.giveUp(error);
        else job.finish(undefined, undefined);
      }
      return;
    }
    let next = 0;
    for (const { job, plan } of this.#members) {
      const own: unknown[] = results.slice(next, next + plan.rows.length);
      next += plan.rows.length;
      const failure = error && own.map(failureOf).find((one) => one !== undefined);
      if (failure) job.giveUp(failure);
      else job.finish(undefined, plan.several ? own : (own[0] as RedisReply));
    }
  }
}

function failureOf(result: unknown): PoolError | undefined {
  if (!isPlainObject(result) || !isPlainObject(result['error'])) return undefined;
  const { code, message } = result['error'];
  return new PoolError(String(code), String(message));
}
