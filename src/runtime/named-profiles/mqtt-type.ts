/** Named profiles of MQTT: the properties of the profile node, and those of eKuiper's MQTT connections. */
import { mqttDriver } from '../../drivers/mqtt/mqtt-driver';
import { readProfileSettings } from '../mqtt-profile-settings';
import { mqttReaders } from '../mqtt-settings-readers';
import { readText } from '../settings-readers';
import {
  credential,
  type GatheredSettings,
  LEASE_ROWS,
  names,
  type NamedProfileType,
  propertyTable,
  setting,
  TLS_ROWS,
} from './profile-type';
import { t } from '../../core/wording';

const VERSIONS: Readonly<Record<string, string>> = { '3.1': '3', '3.1.1': '4', '5.0': '5' };

const LIFECYCLE_FIELDS = [
  ['topic', 'Topic'],
  ['payload', 'Payload'],
  ['qos', 'Qos'],
  ['retain', 'Retain'],
  ['properties', 'Msg'],
] as const;

export const mqttType: NamedProfileType = {
  type: 'mqtt',
  properties: propertyTable([
    setting('texts', 'broker server servers url'),
    setting('number', 'port'),
    setting('text', 'clientid'),
    setting('text', 'protocolVersion', { convert: (value) => VERSIONS[String(value)] ?? value }),
    setting('number', 'keepalive'),
    setting('number', 'silenceSeconds'),
    setting('boolean', 'cleansession'),
    [
      'enableClientSession',
      {
        kind: 'boolean',
        part: 'settings',
        name: 'cleansession',
        convert: (value) => (typeof value === 'boolean' ? !value : value),
      },
    ],
    setting('boolean', 'autoUnsubscribe'),
    setting('number', 'sessionExpiry sessionExpiryIntervalSeconds'),
    setting('object', 'userProps userProperties', { secret: true }),
    setting('number', 'receiveMaximum'),
    setting('number', 'maximumPacketSize'),
    setting('number', 'topicAliasMaximum'),
    setting('object', 'wsHeaders', { secret: true }),
    setting('object', 'birth'),
    setting('object', 'close'),
    setting('object', 'will'),
    credential('user', 'username user'),
    credential('password', 'password', { secret: true }),
    ...LEASE_ROWS,
    ...TLS_ROWS,
  ]),
  unused: names(
    'xOperation connectionSelector qos retained topic datasource properties clientStatePath renegotiationSupport ' +
      'tlsMinVersion tls decrypt compression decompression format name id',
  ),
  finish: ({ settings, tls }: GatheredSettings) => {
    for (const kind of ['birth', 'close', 'will']) flattenMessage(settings, kind);
    if (settings['usetls'] === undefined && Object.keys(tls).length > 0) settings['usetls'] = true;
    return undefined;
  },
  check: ({ settings, credentials, tlsNode }) => {
    const { profile, warnings: _told, ...rest } = readProfileSettings(settings, credentials, { tlsNode });
    return { profile: mqttDriver.normalise(profile), ...rest };
  },
};

/** From `will: { topic, payload, … }` to the properties of the profile node. @throws PoolError */
function flattenMessage(settings: Record<string, unknown>, kind: string): void {
  const message = mqttReaders.object(settings, kind);
  delete settings[kind];
  if (!message) return;
  const known = LIFECYCLE_FIELDS.map(([field]) => field).join(', ');
  const unknown = Object.keys(message).find((name) => !LIFECYCLE_FIELDS.some(([field]) => field === name));
  if (unknown !== undefined) throw mqttReaders.invalid(kind, t`a map of ${known}, without "${unknown}"`);
  if (readText(message, 'topic') === '') throw mqttReaders.invalid(kind, t`a map with a "topic"`);
  for (const [field, suffix] of LIFECYCLE_FIELDS) settings[`${kind}${suffix}`] = message[field];
}
