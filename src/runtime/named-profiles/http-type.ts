/** Named profiles of HTTP: the properties of the profile node; what kind of authentication follows from what is set. */
import { httpDriver } from '../../drivers/http/http-driver';
import { namedHttpNodes, readHttpProfile } from '../http/http-profile-settings';
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
import { takeUser } from './url-user';

const NUMBERS = [
  'maxSockets',
  'pipelining',
  'keepAliveSeconds',
  'headersTimeoutSeconds',
  'bodyTimeoutSeconds',
  'requestTimeoutSeconds',
  'maxResponseMegabytes',
  'maxRedirects',
  'retryAttempts',
  'retryInitialSeconds',
  'retryMaximumSeconds',
  'retryAfterMaximumSeconds',
  'maxConcurrent',
  'rateRequests',
  'rateSeconds',
  'circuitFailures',
  'circuitOpenSeconds',
];

/** The kind of authentication that a credential means, unless `auth` says it. */
const KIND_OF = [
  ['token', 'bearer'],
  ['apiKey', 'api-key'],
  ['clientId', 'oauth2'],
  ['user', 'basic'],
] as const;

export const httpType: NamedProfileType = {
  type: 'http',
  properties: propertyTable([
    setting('text', 'baseUrl url server'),
    setting('boolean', 'http2'),
    ...NUMBERS.map((name) => setting('number', name)),
    setting('texts', 'retryStatuses'),
    setting('text', 'proxyFrom'),
    setting('text', 'proxyUrl proxy'),
    setting('texts', 'noProxy'),
    setting('text', 'auth'),
    setting('text', 'apiKeyName'),
    setting('text', 'apiKeyPlace'),
    setting('text', 'tokenUrl'),
    setting('text', 'grant'),
    setting('text', 'scope'),
    setting('text', 'audience'),
    setting('text', 'authStyle'),
    setting('object', 'tokenParams', { secret: true }),
    credential('user', 'username user'),
    credential('password', 'password', { secret: true }),
    credential('token', 'token', { secret: true }),
    credential('apiKey', 'apiKey', { secret: true }),
    credential('clientId', 'clientId'),
    credential('clientSecret', 'clientSecret', { secret: true }),
    credential('refreshToken', 'refreshToken', { secret: true }),
    credential('proxyUser', 'proxyUsername proxyUser'),
    credential('proxyPassword', 'proxyPassword', { secret: true }),
    ...LEASE_ROWS,
    ...TLS_ROWS,
  ]),
  unused: names(
    'xOperation connectionSelector method body bodyType headers format formData timeout interval incremental ' +
      'responseType debugResp compression sendSingle renegotiationSupport tlsMinVersion decrypt name id',
  ),
  finish: ({ settings, credentials }: GatheredSettings) => {
    settings['baseUrl'] = takeUser(settings['baseUrl'], credentials, 'user', 'password');
    if (settings['proxyUrl'] !== undefined) {
      settings['proxyUrl'] = takeUser(settings['proxyUrl'], credentials, 'proxyUser', 'proxyPassword');
      settings['proxyFrom'] ??= 'node';
    }
    settings['auth'] ??= KIND_OF.find(([name]) => credentials[name] !== undefined)?.[1];
    return undefined;
  },
  check: (given) => {
    const { settings, credentials } = given;
    const { profile, warnings: _told, ...rest } = readHttpProfile(settings, credentials, namedHttpNodes(given));
    return { profile: httpDriver.normalise(profile), ...rest };
  },
};
