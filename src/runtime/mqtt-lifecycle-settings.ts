/** Birth, close and will messages: from the flat properties of the profile node to the driver's form. */
import type { LifecycleMessage, LifecycleProperties } from '../drivers/mqtt/profile';
import { mqttReaders } from './mqtt-settings-readers';
import { defined, isPlainObject, readBoolean, readText, type Settings } from './settings-readers';
import { encodePayload } from './payload-encoder';
import { toUserProperties } from './user-properties';
import { t } from '../core/wording';

export type LifecycleKind = 'birth' | 'close' | 'will';

const MAXIMUM_SECONDS = 0xffffffff;

/**
 * @param withProperties whether the connection may speak MQTT 5: before, its properties are not even looked at
 * @throws PoolError `MQTT_INVALID_PROFILE`
 */
export function readLifecycleMessage(
  settings: Settings,
  kind: LifecycleKind,
  withProperties: boolean,
): LifecycleMessage | undefined {
  const topic = settings[`${kind}Topic`];
  if (typeof topic !== 'string' || topic === '') return undefined;
  const properties = withProperties ? readProperties(settings[`${kind}Msg`], kind) : {};
  return {
    topic,
    payload: readPayload(settings[`${kind}Payload`], kind),
    qos: (mqttReaders.integer(settings, `${kind}Qos`, 0, 2) ?? 0) as 0 | 1 | 2,
    retain: readBoolean(settings, `${kind}Retain`, false),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
  };
}

/** The editor stores text; `msg.broker` of a connect action may bring anything a sink could send. */
function readPayload(payload: unknown, kind: LifecycleKind): string | Buffer {
  try {
    return encodePayload(payload);
  } catch {
    throw mqttReaders.invalid(`${kind}Payload`, t`text, a Buffer or something that can be written as JSON`);
  }
}

function readProperties(message: unknown, kind: LifecycleKind): LifecycleProperties {
  if (!isPlainObject(message)) return {};
  const fields = withLongNames(message, kind);
  const correlationData = fields['correlationData'];
  return defined({
    contentType: readText(fields, 'contentType') || undefined,
    responseTopic: readText(fields, 'responseTopic') || undefined,
    correlationData:
      typeof correlationData === 'string' && correlationData !== ''
        ? Buffer.from(correlationData)
        : Buffer.isBuffer(correlationData)
          ? correlationData
          : undefined,
    messageExpiryInterval: mqttReaders.integer(fields, 'messageExpiryInterval', 0, MAXIMUM_SECONDS),
    willDelayInterval:
      kind === 'will' ? mqttReaders.integer(fields, 'willDelayInterval', 0, MAXIMUM_SECONDS) : undefined,
    userProperties: toUserProperties(mqttReaders.object(fields, 'userProperties', `${kind}Msg.userProps`)),
  });
}

const LONG_NAMES: Readonly<Record<string, string>> = {
  respTopic: 'responseTopic',
  correl: 'correlationData',
  expiry: 'messageExpiryInterval',
  delay: 'willDelayInterval',
  userProps: 'userProperties',
};

/** The editor stores short names; the long ones of MQTT 5 are understood too. */
function withLongNames(message: Settings, kind: LifecycleKind): Settings {
  const named: Record<string, unknown> = { ...message };
  for (const [short, long] of Object.entries(LONG_NAMES)) {
    if (Object.hasOwn(message, short)) named[long] = message[short];
  }
  if (kind !== 'will') delete named['willDelayInterval'];
  return named;
}
