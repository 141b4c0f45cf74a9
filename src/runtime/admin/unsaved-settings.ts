/** Settings of a profile node that is still open in its dialog: completed to what the node would have after a deploy. */
import type { Node } from 'node-red';
import { readProfileSettings } from '../mqtt-profile-settings';
import { namedHttpNodes, readHttpProfile } from '../http/http-profile-settings';
import type { GivenSettings } from '../named-profiles/profile-type';
import { startNamedProfiles } from '../named-profiles/start';
import { settingName } from '../labels';
import { findConfigNode, findTlsNode } from '../profile-lookup';
import { readRedisProfile } from '../redis-profile-settings';
import { readEnvironment } from '../runtime-settings';
import { readText, type Settings } from '../settings-readers';
import { ApiError } from './api-error';
import { busOf } from './unsaved-edgex';
import { type UnsavedTls, unsavedTlsNode } from './unsaved-tls';
import type { AdminRuntime } from './route';
import { t } from '../../core/wording';

/** What the editor shows in place of a password that is stored already. */
export const STORED_PASSWORD = '__PWRD__';

export interface UnsavedSettings {
  /** `mqtt`, `redis`, `http`, or `edgex` for the bus of an EdgeX profile. */
  readonly type: string;
  readonly settings: Settings;
  readonly credentials: Settings;
  /** Of the config node whose stored credentials count. */
  readonly id: string | undefined;
  /** The TLS configuration it names, where the editor has another than the runtime. */
  readonly tls?: UnsavedTls | undefined;
}

type Reader = (given: GivenSettings, RED: AdminRuntime, isNamed: boolean) => unknown;

/** By connection type: from settings as flow JSON has them to a profile of the driver. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [
    'mqtt',
    ({ settings, credentials, tlsNode }, RED) =>
      readProfileSettings(settings, credentials, { tlsNode, environment: readEnvironment(RED.settings) }).profile,
  ],
  ['redis', ({ settings, credentials, tlsNode }) => readRedisProfile(settings, credentials, tlsNode).profile],
  [
    'http',
    (given, RED, isNamed) => {
      const { settings, credentials, tlsNode } = given;
      const nodes = isNamed ? namedHttpNodes(given) : { tls: tlsNode, proxy: findConfigNode(RED, settings, 'proxy') };
      return readHttpProfile(settings, credentials, nodes).profile;
    },
  ],
]);

/** As Node-RED knows it. */
const VARIABLE = /^\$(?:\{(\S+)\}|\((\S+)\))$/;

/** The types of the profiles that have a connection. */
export const CONNECTION_TYPES: readonly string[] = [...READERS.keys()];

const TESTABLE_TYPES: readonly string[] = [...CONNECTION_TYPES, 'edgex'];

/** What is tried out: the type of a driver, and a profile for it. */
export interface Testable {
  readonly type: string;
  readonly profile: unknown;
}

/**
 * @param warn told of what is probably not meant, but what a deploy would do as well
 * @throws PoolError what is wrong with the settings; ApiError what is wrong with the request
 */
export function testableOf(RED: AdminRuntime, unsaved: UnsavedSettings, warn: (text: string) => void): Testable {
  const carrier = unsaved.type === 'edgex' ? busOf(RED, unsaved) : unsaved;
  return { type: carrier.type, profile: unsavedProfile(RED, carrier, warn) };
}

/**
 * From settings as flow JSON has them to a profile of the driver.
 *
 * @throws PoolError what is wrong with them; ApiError for a type without a connection
 */
export function readProfile(
  RED: AdminRuntime,
  type: string,
  settings: Settings,
  credentials: Settings,
  tlsNode: unknown = findTlsNode(RED, settings),
): unknown {
  return readerOf(type)({ settings, credentials, tlsNode }, RED, false);
}

function readerOf(type: string): Reader {
  const read = READERS.get(type);
  if (!read) throw new ApiError(400, 'BODY_INVALID', t`"type" must be one of ${TESTABLE_TYPES.join(', ')}.`);
  return read;
}

function unsavedProfile(RED: AdminRuntime, unsaved: UnsavedSettings, warn: (text: string) => void): unknown {
  const read = readerOf(unsaved.type);
  const named = readText(unsaved.settings, 'named');
  if (named !== '') return read(startNamedProfiles(RED).get(named, unsaved.type).given, RED, true);
  const resolve = (values: Settings) => withEnvironment(RED, unsaved, values, warn);
  const settings = resolve(unsaved.settings);
  const credentials = resolve(withStored(RED, unsaved));
  const { tls } = unsaved;
  if (!tls || tls.id === '' || tls.id !== settings['tls']) return readProfile(RED, unsaved.type, settings, credentials);
  const tlsNode = unsavedTlsNode(RED, { ...tls, settings: resolve(tls.settings) }, STORED_PASSWORD);
  return readProfile(RED, unsaved.type, settings, credentials, tlsNode);
}

/**
 * The deployed credentials of a profile; null if there is none with this id.
 *
 * @param alsoOf a type of other packages whose credentials have the same names
 */
export function storedCredentials(
  RED: AdminRuntime,
  id: string | undefined,
  type: string,
  alsoOf?: string,
): Settings | null {
  let nodeType: string | undefined;
  RED.nodes.eachNode((node) => {
    if (node.id === id) nodeType = node.type;
  });
  const counts = nodeType !== undefined && [`pool-${type}-profile`, alsoOf].includes(nodeType);
  return counts ? (RED.nodes.getCredentials(id ?? '') as Settings | null) : null;
}

/** @throws ApiError `CREDENTIALS_UNKNOWN` */
function withStored(RED: AdminRuntime, { id, type, credentials }: UnsavedSettings): Settings {
  const missing = Object.keys(credentials).filter((name) => credentials[name] === STORED_PASSWORD);
  if (missing.length === 0) return credentials;
  const stored = storedCredentials(RED, id, type);
  const unknown = missing.find((name) => !Object.hasOwn(stored ?? {}, name));
  if (unknown !== undefined) {
    const text = t`No "${unknown}" is stored for this profile; enter it, or deploy the profile first.`;
    throw new ApiError(400, 'CREDENTIALS_UNKNOWN', text);
  }
  return { ...credentials, ...Object.fromEntries(missing.map((name) => [name, stored?.[name]])) };
}

/** `${NAME}` as a whole value is an environment variable, as in every node; Node-RED lets one that is not set stand. */
function withEnvironment(
  RED: AdminRuntime,
  { id, type }: UnsavedSettings,
  values: Settings,
  warn: (text: string) => void,
): Settings {
  const node = id === undefined ? null : (RED.nodes.getNode(id) as Node | null);
  const entries = Object.entries(values).map(([property, value]) => {
    const [, braced, variable = braced] = (typeof value === 'string' && VARIABLE.exec(value)) || [];
    if (variable === undefined) return [property, value] as const;
    const found: unknown = node ? RED.util.getSetting(node, variable) : process.env[variable];
    if (found !== undefined) return [property, found] as const;
    const name = settingName(property, [`pool-${type}-profile`]);
    warn(
      t`"${name}": the environment variable ${variable} is not set, so its name stays there as text, as after a deploy. Set it, or deploy the profile first if its flow sets it.`,
    );
    return [property, value] as const;
  });
  return Object.fromEntries(entries);
}
