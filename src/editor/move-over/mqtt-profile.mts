/** From the core `mqtt-broker` to a profile: most properties have the same names, but not what they mean when unset. */
import {
  type Conversion,
  type FlowNode,
  integerOf,
  isTrue,
  isVariable,
  type Properties,
  type Remark,
  remark,
  textOf,
} from './flow-json.mjs';
import { readUserProperties, toLifecycleMessage } from './mqtt-lifecycle.mjs';

const SCHEMES = ['mqtt', 'tcp', 'mqtts', 'ssl', 'tls', 'ws', 'wss'];
const SECURE_SCHEMES = ['mqtts', 'ssl', 'tls', 'wss'];
const MAXIMUM_SECONDS = 0xffffffff;

/** @param exists whether there is a node with this id in the flow */
export function toMqttProfile(broker: FlowNode, exists: (id: string) => boolean): Conversion {
  const obstacles: Remark[] = [];
  const remarks: Remark[] = [];
  const version = protocolVersion(broker);
  const isV5 = version === '5' || isVariable(version);
  const user = readUserProperties(broker['userProps']);
  if (isV5 && user.ignored) remarks.push(remark('ignored', { property: 'userProps' }));
  return {
    type: 'pool-mqtt-profile',
    properties: {
      ...address(broker, exists, obstacles, remarks),
      clientid: textOf(broker['clientid']),
      autoConnect: isVariable(broker['autoConnect']) ? broker['autoConnect'] : !isFalse(broker['autoConnect']),
      protocolVersion: version,
      keepalive: keepAlive(broker['keepalive']),
      cleansession: broker['cleansession'] === undefined || truthy(broker['cleansession']),
      autoUnsubscribe: broker['autoUnsubscribe'] !== false,
      sessionExpiry: sessionExpiry(broker['sessionExpiry'], isV5, remarks),
      userProps: user.text,
      ...toLifecycleMessage(broker, 'birth', isV5, remarks),
      ...toLifecycleMessage(broker, 'close', isV5, remarks),
      ...toLifecycleMessage(broker, 'will', isV5, remarks),
    },
    obstacles,
    remarks,
  };
}

function address(
  broker: FlowNode,
  exists: (id: string) => boolean,
  obstacles: Remark[],
  remarks: Remark[],
): Properties {
  const host = textOf(broker['broker']);
  const usetls = truthy(broker['usetls']);
  const scheme = /^([a-z]+):\/\//i.exec(host)?.[1]?.toLowerCase();
  if (scheme !== undefined && !SCHEMES.includes(scheme)) obstacles.push(remark('scheme', { scheme }));
  const isSecure = scheme === undefined ? usetls : SECURE_SCHEMES.includes(scheme);
  // Whether the core node encrypts then depends on what the certificates are.
  if (usetls && scheme !== undefined && !isSecure) obstacles.push(remark('plainUrlWithTls', { scheme }));
  // A TLS configuration counts only with TLS ticked, also for an address that begins with mqtts://.
  const tls = usetls === true || isVariable(usetls) ? textOf(broker['tls']) : '';
  const tlsIsThere = isVariable(tls) || exists(tls);
  if (tls !== '' && !tlsIsThere) obstacles.push(remark('tlsMissing'));
  const verifies = isTrue(broker['verifyservercert']);
  const asTls = isSecure && tls === '' ? { verifyservercert: verifies } : {};
  if (isSecure && tls === '' && !verifies) remarks.push(remark('notVerified'));
  // An empty address is localhost:1883 to the core node, whatever the port.
  const place =
    host === '' ? { broker: 'localhost', port: '1883' } : { broker: host, port: textOf(broker['port']) || '1883' };
  return { ...place, usetls, tls: tlsIsThere ? tls : '', ...asTls };
}

/** The version it speaks; one that says nothing speaks 3.1.1. */
function protocolVersion(broker: FlowNode): string {
  if (isTrue(broker['compatmode'])) return '3';
  const version = textOf(broker['protocolVersion']);
  return version === '3' || version === '5' || isVariable(version) ? version : '4';
}

/** An empty field is 0, which is no keep-alive. */
function keepAlive(value: unknown): string {
  if (value === undefined) return '60';
  return textOf(value).trim() || '0';
}

/** 0 is what the core node stores for none. */
function sessionExpiry(value: unknown, isV5: boolean, remarks: Remark[]): string {
  if (isVariable(value)) return value;
  const text = textOf(value).trim();
  if (text === '' || text === '0') return '';
  const seconds = integerOf(text, 0, MAXIMUM_SECONDS);
  if (seconds === undefined && isV5) remarks.push(remark('ignored', { property: 'sessionExpiry' }));
  return seconds ? String(seconds) : '';
}

function isFalse(value: unknown): boolean {
  return value === false || value === 'false';
}

/** As JavaScript has it, which is how the core node asks; a variable stays one. */
function truthy(value: unknown): boolean | string {
  return isVariable(value) ? value : Boolean(value);
}
