/** What an MQTT sink node does: publish each message, queue it, or say why it can't. */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../core/errors';
import type { MqttSession } from '../drivers/mqtt/session';
import { readCompression } from './compression';
import type { Done } from './connection-actions';
import type { MqttProfileController } from './mqtt-profile-controller';
import { type SinkFields, toOutgoingMessage } from './outgoing-message';
import type { PayloadEncoding } from './payload-encoder';
import { mqttBytes, type MqttJob, toMqttJob } from './outbox/mqtt-protocol';
import { readSinkOutbox } from './outbox/settings';
import { SinkOutbox } from './outbox/sink-outbox';
import { SendingNode } from './sending-node';
import { CheckedReaders, readBoolean, readText, type Settings } from './settings-readers';
import type { Texts } from './texts';
import { type TypedInput, TypedInputs } from './typed-inputs';

const readers = new CheckedReaders('MQTT_INVALID_SINK', 'node', 'pool-mqtt-sink');

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
  readonly #inputs: TypedInputs<keyof SinkFields>;
  readonly #encoding: PayloadEncoding;
  readonly #sender: SendingNode<MqttSession>;
  readonly #outbox: SinkOutbox<MqttJob>;

  /** @throws PoolError `MQTT_INVALID_SINK` */
  constructor({ node, settings, profile, util, texts }: MqttSinkParts) {
    this.#inputs = new TypedInputs(util, node, readInputs(settings));
    this.#encoding = readEncoding(settings);
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

  /** Calls `done` once, when the message is sent, acknowledged, safe on disk or given up, and never throws. */
  input(message: NodeMessageInFlow, done: Done): void {
    if (this.#sender.runAction(message, done)) return;
    if (!Object.hasOwn(message, 'payload')) {
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
    this.#outbox.close();
    await this.#sender.close(removed);
  }

  #publish(message: NodeMessageInFlow, resolved: SinkFields | undefined, done: Done): void {
    const { isWanted } = this.#outbox;
    // What waits on disk may go out over a connection of another version.
    const version = isWanted ? undefined : this.#sender.session?.protocolVersion;
    let outgoing: ReturnType<typeof toOutgoingMessage>;
    try {
      outgoing = toOutgoingMessage(message, resolved ?? this.#inputs.resolve(message), version, this.#encoding);
      if (isWanted) return this.#outbox.add(toMqttJob(outgoing), mqttBytes(outgoing), done);
    } catch (thrown) {
      done(PoolError.from(thrown));
      return;
    }
    this.#sender.submit({
      get bytes() {
        return mqttBytes(outgoing);
      },
      send: (session, failed) => session.publish(outgoing, (error) => (error ? failed(error) : done())),
      giveUp: done,
    });
  }
}

/** A string is `utf8` in MQTT nodes, as in the core ones. */
const FORMATS = {
  auto: 'auto',
  utf8: 'string',
  json: 'json',
  buffer: 'buffer',
  base64: 'base64',
  cbor: 'cbor',
} as const;
const DATATYPES = Object.keys(FORMATS) as (keyof typeof FORMATS)[];

function readEncoding(settings: Settings): PayloadEncoding {
  const datatype = readers.word(settings, 'datatype', DATATYPES) ?? 'auto';
  return { format: FORMATS[datatype], compression: readCompression(readers, settings) };
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
