/** `msg.broker` of a connect action: settings that replace those of the profile node until the next deploy. */
import type { ProfileCredentials } from './mqtt-profile-settings';
import { isPlainObject, type Settings } from './settings-readers';

export interface OverriddenProfile {
  readonly settings: Settings;
  readonly credentials: ProfileCredentials;
}

const PLAIN = [
  'broker',
  'port',
  'url',
  'clientid',
  'usetls',
  'verifyservercert',
  'compatmode',
  'protocolVersion',
  'keepalive',
  'cleansession',
  'autoUnsubscribe',
  'topicAliasMaximum',
  'maximumPacketSize',
  'receiveMaximum',
  'userProps',
  'userProperties',
  'sessionExpiry',
] as const;

/**
 * The settings with the overrides applied. Settings add up over several actions; user and password don't: an action
 * that brings none uses those of the node.
 */
export function overrideProfile(
  settings: Settings,
  credentials: ProfileCredentials,
  overrides: Settings,
): OverriddenProfile {
  const changed: Record<string, unknown> = { ...settings };
  for (const name of PLAIN) {
    if (Object.hasOwn(overrides, name)) changed[name] = overrides[name];
  }
  if (Object.hasOwn(overrides, 'sessionExpiryInterval')) changed['sessionExpiry'] = overrides['sessionExpiryInterval'];
  // The newest word on where to connect to wins: an older url would hide a new broker or port.
  if (!Object.hasOwn(overrides, 'url') && (Object.hasOwn(overrides, 'broker') || Object.hasOwn(overrides, 'port'))) {
    delete changed['url'];
  }
  if (Object.hasOwn(overrides, 'userProps') && !Object.hasOwn(overrides, 'userProperties'))
    delete changed['userProperties'];
  for (const kind of ['birth', 'close', 'will'] as const) {
    if (Object.hasOwn(overrides, kind)) overrideMessage(changed, kind, overrides[kind]);
  }
  return {
    settings: changed,
    credentials: {
      user: Object.hasOwn(overrides, 'username') ? overrides['username'] : credentials.user,
      password: Object.hasOwn(overrides, 'password') ? overrides['password'] : credentials.password,
    },
  };
}

/** Anything but an object with a topic takes the message away. */
function overrideMessage(settings: Record<string, unknown>, kind: 'birth' | 'close' | 'will', message: unknown): void {
  const { topic, payload, qos, retain, properties } = isPlainObject(message) ? message : {};
  settings[`${kind}Topic`] = topic;
  settings[`${kind}Payload`] = payload;
  settings[`${kind}Qos`] = qos;
  settings[`${kind}Retain`] = retain;
  settings[`${kind}Msg`] = properties;
}
