/**
 * Birth, close and will messages of a broker node. What the core node ignores because it can't read it, a profile would
 * refuse, so it is left out; on MQTT 5, where it would have been sent, that is said.
 */
import {
  integerOf,
  isObject,
  isTrue,
  isVariable,
  parseObject,
  type Properties,
  type Remark,
  remark,
  textOf,
} from './flow-json.mjs';

export type LifecycleKind = 'birth' | 'close' | 'will';

const MAXIMUM_SECONDS = 0xffffffff;

/** The flat properties of one of the messages. */
export function toLifecycleMessage(
  broker: Properties,
  kind: LifecycleKind,
  isV5: boolean,
  remarks: Remark[],
): Properties {
  const retain = broker[`${kind}Retain`];
  const said = isV5 && textOf(broker[`${kind}Topic`]) !== '';
  return {
    [`${kind}Topic`]: textOf(broker[`${kind}Topic`]),
    [`${kind}Qos`]: textOf(broker[`${kind}Qos`]) || '0',
    [`${kind}Retain`]: isVariable(retain) ? retain : String(isTrue(retain)),
    [`${kind}Payload`]: textOf(broker[`${kind}Payload`]),
    [`${kind}Msg`]: toProperties(broker[`${kind}Msg`], kind, (property) => {
      if (said) remarks.push(remark('ignored', { property: `${kind}Msg.${property}` }));
    }),
  };
}

function toProperties(message: unknown, kind: LifecycleKind, ignored: (property: string) => void): Properties {
  if (!isObject(message)) return {};
  const properties: Record<string, unknown> = {};
  const keep = (short: string, long: string, read: (value: unknown) => string | undefined): void => {
    const value = Object.hasOwn(message, short) ? message[short] : message[long];
    if (value === undefined || value === null || value === '') return;
    const text = isVariable(value) ? value : read(value);
    if (text) properties[short] = text;
    else ignored(short);
  };
  const asText = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const asSeconds = (value: unknown) => integerOf(value, 0, MAXIMUM_SECONDS)?.toString();
  keep('contentType', 'contentType', asText);
  keep('respTopic', 'responseTopic', asText);
  keep('correl', 'correlationData', asText);
  keep('expiry', 'messageExpiryInterval', asSeconds);
  keep('userProps', 'userProperties', (value) => readUserProperties(value).text);
  if (kind === 'will') keep('delay', 'willDelayInterval', asSeconds);
  return properties;
}

/** User properties as JSON text; the core node ignores what isn't an object of JSON. */
export function readUserProperties(value: unknown): { readonly text: string; readonly ignored: boolean } {
  if (isObject(value)) return { text: JSON.stringify(value), ignored: false };
  const text = textOf(value);
  if (text === '' || isVariable(text)) return { text, ignored: false };
  const isJson = /^ *\{/.test(text) && parseObject(text) !== undefined;
  return { text: isJson ? text : '', ignored: !isJson };
}
