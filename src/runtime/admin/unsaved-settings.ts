/** Settings of a profile node that is still open in its dialog: completed to what the node would have after a deploy. */
import type { Node } from 'node-red';
import { readProfileSettings } from '../mqtt-profile-settings';
import { namedHttpNodes, readHttpProfile } from '../http/http-profile-settings';
import type { GivenSettings } from '../named-profiles/profile-type';
import { startNamedProfiles } from '../named-profiles/start';
import { findConfigNode, findTlsNode } from '../profile-lookup';
import { readRedisProfile } from '../redis-profile-settings';
import { readEnvironment } from '../runtime-settings';
import { readText, type Settings } from '../settings-readers';
import { ApiError } from './api-error';
import { busOf } from './unsaved-edgex';
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

/** The types of the profiles that have a connection. */
export const CONNECTION_TYPES: readonly string[] = [...READERS.keys()];

const TESTABLE_TYPES: readonly string[] = [...CONNECTION_TYPES, 'edgex'];

/** What is tried out: the type of a driver, and a profile for it. */
export interface Testable {
  readonly type: string;
  readonly profile: unknown;
}

/** @throws PoolError what is wrong with the settings; ApiError what is wrong with the request */
export function testableOf(RED: AdminRuntime, unsaved: UnsavedSettings): Testable {
  const carrier = unsaved.type === 'edgex' ? busOf(RED, unsaved) : unsaved;
  return { type: carrier.type, profile: unsavedProfile(RED, carrier) };
}

/**
 * From settings as flow JSON has them to a profile of the driver.
 *
 * @throws PoolError what is wrong with them; ApiError for a type without a connection
 */
export function readProfile(RED: AdminRuntime, type: string, settings: Settings, credentials: Settings): unknown {
  return readerOf(type)({ settings, credentials, tlsNode: findTlsNode(RED, settings) }, RED, false);
}

function readerOf(type: string): Reader {
  const read = READERS.get(type);
  if (!read) throw new ApiError(400, 'BODY_INVALID', t`"type" must be one of ${TESTABLE_TYPES.join(', ')}.`);
  return read;
}

function unsavedProfile(RED: AdminRuntime, unsaved: UnsavedSettings): unknown {
  const read = readerOf(unsaved.type);
  const named = readText(unsaved.settings, 'named');
  if (named !== '') return read(startNamedProfiles(RED).get(named, unsaved.type).given, RED, true);
  const resolve = (values: Settings) => withEnvironment(RED, unsaved.id, values);
  const settings = resolve(unsaved.settings);
  const credentials = resolve(withStored(RED, unsaved));
  return readProfile(RED, unsaved.type, settings, credentials);
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

/**
 * `${NAME}` as a whole value is an environment variable, as in every node.
 *
 * @throws ApiError `VARIABLE_UNKNOWN`: without its value something else would be tested, such as a broker on this machine
 */
function withEnvironment(RED: AdminRuntime, id: string | undefined, values: Settings): Settings {
  const node = id === undefined ? null : (RED.nodes.getNode(id) as Node | null);
  const entries = Object.entries(values).map(([name, value]) => {
    const [, variable] = typeof value === 'string' ? (/^\$\{([^}]+)\}$/.exec(value) ?? []) : [];
    if (variable === undefined) return [name, value] as const;
    const found: unknown = node ? RED.util.getSetting(node, variable) : process.env[variable];
    if (found === undefined) {
      const text = t`The environment variable ${variable} is not set; set it, or deploy the profile first if its flow sets it.`;
      throw new ApiError(400, 'VARIABLE_UNKNOWN', text);
    }
    return [name, found] as const;
  });
  return Object.fromEntries(entries);
}
