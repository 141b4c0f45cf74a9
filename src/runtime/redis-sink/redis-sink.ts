/** What a Redis sink node does: write each message, queue it, or say why it can't. */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import type { RedisReply, RedisSession } from '../../drivers/redis/session';
import { readBatching } from '../batching';
import type { Done } from '../connection-actions';
import type { HeldMessage } from '../held-messages';
import { InOrder } from '../in-order';
import { type RedisJob, toRedisJob } from '../outbox/redis-protocol';
import { readSinkOutbox } from '../outbox/settings';
import type { OutboxAccess } from '../outbox/profile-outbox';
import { SinkOutbox } from '../outbox/sink-outbox';
import { decodeValue } from '../redis-payload';
import { SendingNode, type SendingProfile } from '../sending-node';
import { readBoolean, type Settings } from '../settings-readers';
import type { Texts } from '../texts';
import { Batcher } from '../redis-source/batcher';
import { BatchJob, type BatchMember } from './batch-job';
import type { DeliveryOptions } from './deliver';
import { type Plan, RowPlanner } from './row-planner';
import { type Send, SinkJob } from './sink-job';
import { readers, readSinkSettings, type SinkSettings } from './sink-settings';

export interface RedisSinkParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: SendingProfile<RedisSession> & { readonly outbox?: OutboxAccess<RedisJob> };
  readonly util: NodeAPI['util'];
  /** The texts of the sink node. */
  readonly texts: Texts;
}

export class RedisSink {
  readonly #planner: RowPlanner;
  readonly #order = new InOrder();
  readonly #delivery: DeliveryOptions;
  readonly #sender: SendingNode<RedisSession>;
  readonly #outbox: SinkOutbox<RedisJob>;
  readonly #hasOutput: boolean;
  readonly #batcher: Batcher<BatchMember> | undefined;

  /** @throws PoolError `REDIS_INVALID_SETTINGS` */
  constructor({ node, settings, profile, util, texts }: RedisSinkParts) {
    const sinkSettings = readSinkSettings(settings);
    this.#planner = new RowPlanner(util, node, settings, sinkSettings);
    this.#delivery = deliveryOptions(sinkSettings);
    this.#hasOutput = Number(settings['outputs']) === 1;
    const batching = readBatching(settings, readers);
    this.#batcher = batching && new Batcher(batching.count, batching.millis, (members) => this.#submitBatch(members));
    this.#outbox = new SinkOutbox({
      node,
      outbox: profile.outbox,
      settings: readSinkOutbox(settings, readers),
      texts: profile.texts,
      changed: () => this.#sender.refreshSoon(),
    });
    const dedicated = readBoolean(settings, 'dedicated', false);
    this.#sender = new SendingNode({ node, profile, texts, dedicated, outbox: this.#outbox });
  }

  /** Calls `done` once, when the server has answered, the message is safe on disk or the message is given up, and never throws. */
  input(message: NodeMessageInFlow, send: Send, done: Done): void {
    if (this.#sender.runAction(message, done)) return;
    const submit = (plan: Plan) => {
      const refused = plan.several ? undefined : plan.rows[0]?.error;
      if (refused) done(refused);
      else this.#take(new SinkJob(message, plan, this.#delivery, this.#hasOutput ? send : undefined, done), plan);
    };
    if (this.#planner.immediate) {
      this.#planner.plan(message, submit);
    } else {
      const inTurn = this.#order.enter();
      this.#planner.plan(message, (plan) => inTurn(() => submit(plan)));
    }
  }

  async close(removed: boolean): Promise<void> {
    this.#batcher?.flush();
    this.#outbox.close();
    await this.#sender.close(removed);
  }

  #take(job: SinkJob, plan: Plan): void {
    if (this.#batcher) this.#batcher.add({ job, plan });
    else this.#submit(job, plan);
  }

  #submitBatch(members: readonly BatchMember[]): void {
    const batch = new BatchJob(members, this.#delivery);
    this.#submit(batch, batch.plan);
  }

  #submit(job: SinkJob | BatchJob, plan: Plan): void {
    if (!this.#outbox.isWanted) return this.#sender.submit(job satisfies HeldMessage<RedisSession>);
    const { atOnce, options } = this.#delivery;
    this.#outbox.add(toRedisJob(plan, atOnce, options.buffers ?? false), job.bytes, (error, result) =>
      job.finish(error, result),
    );
  }
}

function deliveryOptions({ structure, returnsOld, resultFormat, resend, arrays }: SinkSettings): DeliveryOptions {
  // Only the old value of a string is a value of the user's own; all other replies are counts, ids and OK.
  const buffers = structure === 'string' && returnsOld;
  return {
    atOnce: arrays === 'transaction' ? 'transaction' : 'pipeline',
    options: { buffers, ...(resend ? { resend } : {}) },
    readResult: (reply: RedisReply) => (Buffer.isBuffer(reply) ? decodeValue(reply, resultFormat) : reply),
  };
}
