/**
 * From `redis-config` of node-red-contrib-redis to a profile. Its one property is what the constructor of ioredis 4 is
 * given: a URL, or an object of options. Passwords stand in it in plain text; in a profile they are credentials.
 */
import {
  type Conversion,
  type Converted,
  type FlowNode,
  isObject,
  parseJson,
  type Properties,
  type Remark,
  remark,
  textOf,
  variableOf,
} from './flow-json.mjs';
import { optionsOfUrl } from './redis-url.mjs';

/** Options that ioredis has itself to do with, and the pool in another way: nobody misses them. */
const HARMLESS = [
  'keepAlive',
  'noDelay',
  'lazyConnect',
  'dropBufferSupport',
  'showFriendlyErrorStack',
  'enableReadyCheck',
];

/** What these options are unless set: saying so is saying nothing. */
const STANDARD: Properties = {
  family: 4,
  role: 'master',
  readOnly: false,
  stringNumbers: false,
  keyPrefix: '',
  enableOfflineQueue: true,
  autoResubscribe: true,
  autoResendUnfulfilledCommands: true,
  maxRetriesPerRequest: 20,
  enableTLSForSentinelMode: false,
  updateSentinels: true,
  failoverDetector: false,
  enableAutoPipelining: false,
};

/** What a profile is made of, as it is found. */
class Draft {
  readonly properties: Record<string, unknown> = {};
  readonly credentials: Record<string, string> = {};
  readonly obstacles: Remark[] = [];
  readonly remarks: Remark[] = [];

  toConversion(): Conversion {
    const { properties, credentials, obstacles, remarks } = this;
    if (Object.keys(credentials).some((name) => name.toLowerCase().endsWith('password')))
      remarks.push(remark('passwordHidden'));
    const secrets = Object.keys(credentials).length > 0 ? { credentials } : {};
    return { type: 'pool-redis-profile', properties, obstacles, remarks, ...secrets };
  }
}

export function toRedisProfile(config: FlowNode): Converted {
  const text = textOf(config['options']).trim();
  const type = textOf(config['optionsType']);
  const draft = new Draft();
  if (type === 'env' || variableOf(text) !== undefined) return fromVariable(text, config, draft);
  if (text === '' || !['json', 'str', ''].includes(type)) return { impossible: remark('optionsUnreadable') };
  const options = type === 'json' ? parseJson(text) : optionsOfUrl(text);
  if (options === undefined) return { impossible: remark('optionsUnreadable') };
  if (config['cluster'] === true)
    return Array.isArray(options) ? fromCluster(options, draft) : { impossible: remark('optionsUnreadable') };
  if (typeof options === 'string' || typeof options === 'number') {
    const read = optionsOfUrl(String(options));
    return read ? fromOptions(read, draft) : { impossible: remark('optionsUnreadable') };
  }
  return isObject(options) ? fromOptions(options, draft) : { impossible: remark('optionsUnreadable') };
}

/** What is in the variable can't be known here: a profile takes a URL from it. */
function fromVariable(name: string, config: FlowNode, draft: Draft): Converted {
  const variable = variableOf(name) ?? name;
  if (variable === '' || variable.includes('${') || config['cluster'] === true) {
    return { impossible: remark('optionsUnreadable') };
  }
  Object.assign(draft.properties, { mode: 'url', url: `\${${variable}}` });
  draft.obstacles.push(remark('optionsInVariable', { name: variable }));
  return draft.toConversion();
}

function fromOptions(given: Properties, draft: Draft): Converted {
  const options: Record<string, unknown> = { ...given };
  const take = (name: string): unknown => {
    const value = options[name];
    delete options[name];
    return value ?? undefined;
  };
  const sentinels = take('sentinels');
  const name = take('name');
  const path = take('path');
  const host = textOf(take('host'));
  const port = textOf(take('port'));
  if (Array.isArray(sentinels)) {
    const addresses = toAddresses(sentinels, 26_379);
    if (!addresses) return { impossible: remark('optionsUnreadable') };
    Object.assign(draft.properties, { mode: 'sentinel', sentinels: addresses, masterName: textOf(name) });
    secret(draft, 'sentinelUser', take('sentinelUsername'));
    secret(draft, 'sentinelPassword', take('sentinelPassword'));
  } else if (textOf(path) !== '') {
    Object.assign(draft.properties, { mode: 'unix', path: textOf(path) });
  } else {
    Object.assign(draft.properties, { mode: 'standalone', host: host || 'localhost', port: port || '6379' });
  }
  secret(draft, 'user', take('username'));
  secret(draft, 'password', take('password'));
  const database = textOf(take('db'));
  if (database !== '' && database !== '0') draft.properties['database'] = database;
  toTls(take('tls'), draft);
  seconds(draft, 'connectTimeoutSeconds', take('connectTimeout'));
  seconds(draft, 'commandTimeoutSeconds', take('commandTimeout'));
  const connectionName = textOf(take('connectionName'));
  if (/^[!-~]+$/.test(connectionName)) draft.properties['connectionName'] = connectionName;
  else if (connectionName !== '') draft.obstacles.push(remark('option', { names: 'connectionName' }));
  leaveOut(options, draft);
  return draft.toConversion();
}

/** A cluster takes a list of nodes; only their addresses are looked at, and passwords that are all the same. */
function fromCluster(nodes: readonly unknown[], draft: Draft): Converted {
  const addresses = toAddresses(nodes, 6379);
  if (!addresses) return { impossible: remark('optionsUnreadable') };
  Object.assign(draft.properties, { mode: 'cluster', nodes: addresses });
  const others = nodes
    .flatMap((node) => (isObject(node) ? Object.keys(node) : []))
    .filter((key) => !['host', 'port', 'db'].includes(key));
  if (others.length > 0) draft.obstacles.push(remark('clusterOptions', { names: [...new Set(others)].join(', ') }));
  return draft.toConversion();
}

function toAddresses(list: readonly unknown[], standardPort: number): string | undefined {
  const addresses = list.map((item) => {
    const options = isObject(item) ? item : optionsOfUrl(textOf(item));
    if (!options) return undefined;
    const host = textOf(options['host']) || '127.0.0.1';
    return `${host.includes(':') ? `[${host}]` : host}:${textOf(options['port']) || standardPort}`;
  });
  return addresses.length === 0 || addresses.includes(undefined) ? undefined : addresses.join(',');
}

/** Certificates belong in a `tls-config` node, which only the user can make. */
function toTls(tls: unknown, draft: Draft): void {
  if (tls === undefined || tls === false) return;
  draft.properties['usetls'] = true;
  if (!isObject(tls)) return;
  const { rejectUnauthorized, ...others } = tls;
  if (rejectUnauthorized === false) {
    draft.properties['verifyservercert'] = false;
    draft.remarks.push(remark('notVerified'));
  }
  const names = Object.keys(others);
  if (names.length > 0) draft.obstacles.push(remark('option', { names: names.map((one) => `tls.${one}`).join(', ') }));
}

function secret(draft: Draft, field: string, value: unknown): void {
  const text = textOf(value);
  if (text !== '') draft.credentials[field] = text;
}

function seconds(draft: Draft, field: string, millis: unknown): void {
  const number = Number(millis);
  if (millis !== undefined && number >= 100) draft.properties[field] = String(number / 1000);
}

function leaveOut(options: Properties, draft: Draft): void {
  const left = Object.entries(options).filter(([key, value]) => {
    return value !== undefined && value !== null && (!(key in STANDARD) || STANDARD[key] !== value);
  });
  const harmless = left.filter(([key]) => HARMLESS.includes(key)).map(([key]) => key);
  const names = left.filter(([key]) => !HARMLESS.includes(key)).map(([key]) => key);
  if (harmless.length > 0) draft.remarks.push(remark('harmlessOption', { names: harmless.join(', ') }));
  if (names.length > 0) draft.obstacles.push(remark('option', { names: names.join(', ') }));
}
