/** MQTT publications in an outbox. */
import { PoolError } from '../../core/errors';
import { messageFault } from '../../drivers/mqtt/outgoing-check';
import type { MqttSession, OutgoingMessage } from '../../drivers/mqtt/session';
import { type OutboxProtocol, passingErrors } from './protocol';
import { t } from '../../core/wording';

/** A publication as it stands on disk; its payload is text or a Buffer. */
export type MqttJob = OutgoingMessage;

const WINDOW = 1_000;

export const mqttOutboxProtocol: OutboxProtocol<MqttSession, MqttJob> = {
  window: WINDOW,
  send: (session, { job, waitedMillis, mark }, callback) => {
    const { properties } = job;
    const expiry = properties?.messageExpiryInterval;
    // It ages on disk, too (MQTT 5.0, 3.3.2.3.3).
    const left = expiry === undefined ? undefined : Math.ceil(expiry - waitedMillis / 1000);
    if (left !== undefined && left <= 0) {
      const text = t`The message to "${job.topic}" expired after ${expiry} s in the outbox.`;
      return callback(new PoolError('MQTT_MESSAGE_EXPIRED', text));
    }
    if (mark === undefined && left === undefined) return session.publish(job, callback);
    const userProperties =
      mark === undefined ? {} : { userProperties: { ...properties?.userProperties, [mark]: 'true' } };
    const changed = {
      ...properties,
      ...(left === undefined ? {} : { messageExpiryInterval: left }),
      ...userProperties,
    };
    session.publish({ ...job, properties: changed }, callback);
  },
  isPassing: passingErrors('MQTT_CONNECTION_LOST'),
  describe: ({ topic, payload, qos, retain }) => ({ topic, payload, qos, retain }),
};

/**
 * The job of a message, without what belongs to one connection (a topic alias).
 *
 * @throws PoolError what makes it impossible on any broker
 */
export function toMqttJob(message: OutgoingMessage): MqttJob {
  const fault = messageFault(message);
  if (fault) throw fault;
  if (message.properties?.topicAlias === undefined) return message;
  const { topicAlias: _ofTheConnection, ...properties } = message.properties;
  return { ...message, properties };
}

/** What a publication counts for in the limits. */
export function mqttBytes({ topic, payload }: OutgoingMessage): number {
  return Buffer.byteLength(payload) + Buffer.byteLength(topic);
}
