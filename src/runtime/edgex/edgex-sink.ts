/** What an EdgeX sink node does: make an event of each message and publish it, queue it, or say why it can't. */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import { batchKey, KeyedBatcher, readBatching } from '../batching';
import type { Done } from '../connection-actions';
import { InOrder } from '../in-order';
import { readSinkOutbox } from '../outbox/settings';
import { SinkOutbox } from '../outbox/sink-outbox';
import { SendingNode } from '../sending-node';
import { CheckedReaders, isPlainObject, readBoolean, readText, type Settings } from '../settings-readers';
import type { Texts } from '../texts';
import { type TypedInput, TypedInputs } from '../typed-inputs';
import type { EdgexAccess } from './edgex-profile-controller';
import type { EdgexProfileSettings } from './edgex-profile-settings';
import type { EdgexOutbox } from './edgex-bus';
import type { EdgexSession } from './edgex-session';
import { readyEvent } from './ready-event';
import { type EventFields, type EventOptions, type OutgoingEvent, toOutgoingEvent } from './outgoing-event';

export interface EdgexSinkParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: EdgexAccess;
  readonly util: NodeAPI['util'];
  /** The texts of the sink node. */
  readonly texts: Texts;
}

/** A message that waits for others of the same names, metadata and topic. */
interface Batched {
  readonly key: string;
  readonly message: NodeMessageInFlow;
  readonly fields: EventFields;
  readonly done: Done;
}

const FIELDS = ['device', 'deviceProfile', 'source', 'service', 'meta', 'topic'] as const;
const readers = new CheckedReaders('EDGEX_INVALID_SINK', 'node', 'pool-edgex-sink');

export class EdgexSink {
  readonly #profile: EdgexProfileSettings;
  readonly #options: EventOptions;
  readonly #inputs: TypedInputs<keyof EventFields>;
  readonly #order = new InOrder();
  readonly #batches: KeyedBatcher<Batched> | undefined;
  readonly #busOutbox: EdgexOutbox;
  readonly #outbox: SinkOutbox<unknown>;
  readonly #sender: SendingNode<EdgexSession>;

  /** @throws PoolError `EDGEX_INVALID_SINK` */
  constructor({ node, settings, profile, util, texts }: EdgexSinkParts) {
    this.#profile = profile.settings;
    this.#options = readOptions(settings);
    this.#inputs = new TypedInputs(util, node, readInputs(settings));
    const batching = readBatching(settings, readers);
    this.#batches =
      batching &&
      new KeyedBatcher(
        batching,
        ({ key }) => key,
        (batch) => this.#publishBatch(batch),
      );
    this.#busOutbox = profile.bus.outbox;
    this.#outbox = new SinkOutbox({
      node,
      outbox: profile.bus.outbox,
      settings: readSinkOutbox(settings, readers),
      texts: profile.bus.texts,
      changed: () => this.#sender.refreshSoon(),
    });
    const dedicated = readBoolean(settings, 'dedicated', false);
    this.#sender = new SendingNode({ node, profile: profile.bus, texts, dedicated, outbox: this.#outbox });
  }

  /** Calls `done` once, when the bus has taken the event, or it is safe on disk or given up, and never throws. */
  input(message: NodeMessageInFlow, done: Done): void {
    if (this.#sender.runAction(message, done)) return;
    if (!Object.hasOwn(message, 'payload')) {
      done();
    } else if (this.#inputs.immediate) {
      this.#take(message, undefined, done);
    } else {
      const inTurn = this.#order.enter();
      this.#inputs.resolveLater(message, (error, fields) => {
        inTurn(() => (error ? done(error) : this.#take(message, fields, done)));
      });
    }
  }

  async close(removed: boolean): Promise<void> {
    this.#batches?.flush();
    this.#outbox.close();
    await this.#sender.close(removed);
  }

  /** Values become readings of one event with those of others; an event that is ready stays one. */
  #take(message: NodeMessageInFlow, resolved: EventFields | undefined, done: Done): void {
    if (!this.#batches || !isPlainObject(message.payload) || readyEvent(message.payload)) {
      return this.#publish(message, resolved, done);
    }
    let fields: EventFields;
    try {
      fields = resolved ?? this.#inputs.resolve(message);
    } catch (thrown) {
      return done(PoolError.from(thrown, 'EDGEX_INVALID_EVENT'));
    }
    this.#batches.add({ key: batchKey(fields), message, fields, done });
  }

  #publishBatch(batch: readonly Batched[]): void {
    const [first] = batch;
    if (!first) return;
    const payload = batch.length === 1 ? first.message.payload : batch.map(({ message }) => message.payload);
    this.#publish({ ...first.message, payload }, first.fields, (error) => {
      for (const { done } of batch) done(error);
    });
  }

  #publish(message: NodeMessageInFlow, resolved: EventFields | undefined, done: Done): void {
    let event: OutgoingEvent;
    let job: unknown;
    try {
      event = toOutgoingEvent(message, resolved ?? this.#inputs.resolve(message), this.#profile, this.#options);
      if (this.#outbox.isWanted) job = this.#busOutbox.toJob(event.topic, event.bytes);
    } catch (thrown) {
      done(PoolError.from(thrown, 'EDGEX_INVALID_EVENT'));
      return;
    }
    const bytes = event.bytes.length + Buffer.byteLength(event.topic);
    if (job !== undefined) return this.#outbox.add(job, bytes, done);
    this.#sender.submit({
      bytes,
      send: (session, failed) => session.publish(event.topic, event.bytes, (error) => (error ? failed(error) : done())),
      giveUp: done,
    });
  }
}

function readOptions(settings: Settings): EventOptions {
  return {
    messageType: readers.word(settings, 'messageType', ['event', 'request']) ?? 'event',
    topicMode: readers.word(settings, 'topicMode', ['dynamic', 'fixed']) ?? 'dynamic',
    completeTopic: readBoolean(settings, 'completeTopic', false),
  };
}

/** The metadata is `msg.meta` unless the node says otherwise. */
function readInputs(settings: Settings): TypedInput<keyof EventFields>[] {
  return FIELDS.map((field) => {
    const isMeta = field === 'meta';
    const value = isMeta ? (settings['meta'] ?? 'meta') : settings[field];
    return { field, value, type: readText(settings, `${field}Type`) || (isMeta ? 'msg' : 'str') };
  });
}
