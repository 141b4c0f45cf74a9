/** What a sink node does: publish each message, queue it, or say why it can't. */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import type { ConnectionState } from '../core/connection-state';
import { PoolError } from '../core/errors';
import type { MqttSession } from '../drivers/mqtt/session';
import type { Borrowing } from './borrowing';
import { type Done, runConnectionAction } from './connection-actions';
import { HeldMessages } from './held-messages';
import type { MqttProfileController } from './mqtt-profile-controller';
import { type SinkFields, toOutgoingMessage } from './outgoing-message';
import { readBoolean, readText, type Settings } from './settings-readers';
import { problemStatus, queueingStatus, StatusLight } from './status';
import type { Texts } from './texts';
import { type TypedInput, TypedInputs } from './typed-inputs';

/** How often the status counts the queue, at most. */
const COUNT_INTERVAL_MILLIS = 500;

/** Property in flow JSON -> field of the publication. The type of each stands in `<property>Type`. */
const FIELDS: readonly (readonly [property: string, field: keyof SinkFields])[] = [
  ['topic', 'topic'],
  ['qos', 'qos'],
  ['retain', 'retain'],
  ['respTopic', 'responseTopic'],
  ['contentType', 'contentType'],
  ['userProps', 'userProperties'],
  ['correl', 'correlationData'],
  ['expiry', 'messageExpiryInterval'],
];

export interface MqttSinkParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: MqttProfileController;
  readonly util: NodeAPI['util'];
  /** The texts of the sink node. */
  readonly texts: Texts;
}

export class MqttSink {
  readonly #node: Node;
  readonly #profile: MqttProfileController;
  readonly #texts: Texts;
  readonly #status: StatusLight;
  readonly #inputs: TypedInputs<keyof SinkFields>;
  readonly #held: HeldMessages<MqttSession>;
  readonly #borrowing: Borrowing<MqttSession>;
  #session: MqttSession | undefined;
  #state: ConnectionState | undefined;
  #countTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor({ node, settings, profile, util, texts }: MqttSinkParts) {
    this.#node = node;
    this.#profile = profile;
    this.#texts = texts;
    this.#status = new StatusLight(node);
    this.#inputs = new TypedInputs(util, node, readInputs(settings));
    this.#held = new HeldMessages(profile.current instanceof PoolError ? {} : profile.current.queue);
    const handlers = {
      bound: (session: MqttSession) => this.#bound(session),
      unbinding: () => {
        this.#session = undefined;
      },
      stateChanged: (state: ConnectionState | undefined) => this.#stateChanged(state),
      failed: (error: PoolError) => this.#failed(error),
    };
    this.#borrowing = profile.borrow(node, handlers, readBoolean(settings, 'dedicated', false));
  }

  /** Calls `done` once, when the message is sent, acknowledged or given up, and never throws. */
  input(message: NodeMessageInFlow, done: Done): void {
    if (message['action']) {
      if (runConnectionAction(this.#profile, this.#borrowing, message, done)) return;
      done(new PoolError('INVALID_ACTION', this.#texts.text('errors.invalid-action')));
    } else if (!Object.hasOwn(message, 'payload')) {
      done();
    } else if (this.#inputs.immediate) {
      this.#publish(message, undefined, done);
    } else {
      this.#inputs.resolveLater(message, (error, fields) => {
        if (error) done(error);
        else this.#publish(message, fields, done);
      });
    }
  }

  async close(removed: boolean): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#countTimer);
    this.#held.close();
    await this.#profile.giveBack(this.#borrowing, removed);
  }

  #publish(message: NodeMessageInFlow, resolved: SinkFields | undefined, done: Done): void {
    const session = this.#session;
    let outgoing: ReturnType<typeof toOutgoingMessage>;
    try {
      outgoing = toOutgoingMessage(message, resolved ?? this.#inputs.resolve(message), session?.protocolVersion);
    } catch (thrown) {
      done(PoolError.from(thrown));
      return;
    }
    if (session) session.publish(outgoing, done);
    else if (this.#borrowing.problem) done(this.#borrowing.problem);
    else if (this.#closed)
      done(new PoolError('CONNECTION_CLOSED', 'The node was stopped before the message was sent.'));
    else {
      const bytes = Buffer.byteLength(outgoing.payload) + Buffer.byteLength(outgoing.topic);
      this.#held.add({ bytes, send: (bound) => bound.publish(outgoing, done), giveUp: done });
    }
    if (this.#state?.kind !== 'connected') this.#countSoon();
  }

  #bound(session: MqttSession): void {
    this.#session = session;
    this.#held.flush(session);
  }

  #stateChanged(state: ConnectionState | undefined): void {
    this.#state = state;
    this.#show();
  }

  #show(): void {
    const queued = (this.#session?.queued ?? 0) + this.#held.count;
    this.#status.show(queueingStatus(this.#state, queued, this.#profile.texts));
  }

  /** Counts at most twice a second, however many messages come. */
  #countSoon(): void {
    if (this.#countTimer || this.#closed || this.#borrowing.problem) return;
    this.#countTimer = setTimeout(() => {
      this.#countTimer = undefined;
      this.#show();
    }, COUNT_INTERVAL_MILLIS);
    this.#countTimer.unref();
  }

  #failed(error: PoolError): void {
    this.#status.show(problemStatus(error, this.#profile.texts));
    this.#node.error(`${error.message} (${error.code})`);
  }
}

function readInputs(settings: Settings): TypedInput<keyof SinkFields>[] {
  return FIELDS.map(([property, field]) => {
    const value = settings[property];
    const type = readText(settings, `${property}Type`) || 'str';
    // User properties without a type are JSON text, as in the core node.
    const isJson = field === 'userProperties' && type === 'str' && typeof value === 'string';
    return { field, value, type: isJson ? 'json' : type };
  });
}
