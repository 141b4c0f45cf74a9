/** What a connection type brings so that profiles of it can be named: its properties, and how to check them. */
import type { Settings } from '../settings-readers';

/** The settings of a profile node in the form flow JSON has them, wherever they come from. */
export interface GivenSettings<Credentials = Settings> {
  readonly settings: Settings;
  readonly credentials: Credentials;
  /** The node of the `tls` property, or what stands for it; see `readTls`. */
  readonly tlsNode: unknown;
}

/**
 * - `text`: a number will do, as it is written
 * - `texts`: text, or a list of texts, which becomes one with commas
 * - `object`: a map, or JSON text of one
 * - `path`: the path of a file, whose content is the value
 * - `base64`: text that encodes the value
 */
export type PropertyKind = 'text' | 'texts' | 'number' | 'boolean' | 'object' | 'path' | 'base64';

export interface PropertySpec {
  readonly kind: PropertyKind;
  /** Which part of the settings it is. */
  readonly part: 'settings' | 'credentials' | 'tls';
  /** Its name there. */
  readonly name: string;
  /** Never shown to anybody. */
  readonly secret?: boolean;
  readonly convert?: (value: unknown) => unknown;
}

/** By name in lower case. */
export type PropertyTable = ReadonlyMap<string, PropertySpec>;

/** The parts of a profile while they are gathered; `finish` may still change them. */
export interface GatheredSettings {
  readonly settings: Record<string, unknown>;
  readonly credentials: Record<string, unknown>;
  readonly tls: Record<string, unknown>;
}

export interface NamedProfileType {
  /** As files call it, in lower case. */
  readonly type: string;
  readonly properties: PropertyTable;
  /** Names in lower case that other software has in such files and that mean nothing here. */
  readonly unused: ReadonlySet<string>;
  /**
   * Last changes, and the type a node must be of to use the profile, if it is another one (an EdgeX bus is a connection
   * to MQTT or Redis). @throws PoolError
   */
  finish?(gathered: GatheredSettings): string | undefined;
  /**
   * Reads the settings as the profile node would and returns what the connection depends on.
   *
   * @throws PoolError as the node would show it
   */
  check(given: GivenSettings): unknown;
}

type Options = Partial<Omit<PropertySpec, 'kind' | 'part' | 'name'>>;
type Row = readonly [names: string, spec: PropertySpec];

/** Rows of a table: the names separated by blanks, the first of them the one of flow JSON. */
export function setting(kind: PropertyKind, names: string, options: Options = {}): Row {
  return [names, { kind, part: 'settings', name: names.split(' ')[0] ?? '', ...options }];
}

export function credential(name: string, names: string, options: Options = {}): Row {
  return [names, { kind: 'text', part: 'credentials', name, ...options }];
}

export function tlsPart(kind: PropertyKind, name: string, names: string, options: Options = {}): Row {
  return [names, { kind, part: 'tls', name, ...options }];
}

export function propertyTable(rows: readonly Row[]): PropertyTable {
  return new Map(rows.flatMap(([names, spec]) => names.split(' ').map((name) => [name.toLowerCase(), spec] as const)));
}

const not = (value: unknown): unknown => (typeof value === 'boolean' ? !value : value);

/** TLS of every type: our names and eKuiper's. */
export const TLS_ROWS: readonly Row[] = [
  setting('boolean', 'usetls useTls'),
  setting('boolean', 'verifyservercert'),
  ['insecureSkipVerify', { kind: 'boolean', part: 'settings', name: 'verifyservercert', convert: not }],
  tlsPart('path', 'cert', 'certificationPath certPath'),
  tlsPart('path', 'key', 'privateKeyPath keyPath'),
  tlsPart('path', 'ca', 'rootCaPath caPath'),
  tlsPart('base64', 'cert', 'certificationRaw certficationRaw'),
  tlsPart('base64', 'key', 'privateKeyRaw', { secret: true }),
  tlsPart('base64', 'ca', 'rootCARaw'),
  tlsPart('text', 'passphrase', 'privateKeyPassphrase passphrase', { secret: true }),
  tlsPart('text', 'servername', 'servername'),
];

/** What every profile says about its leases. */
export const LEASE_ROWS: readonly Row[] = [
  setting('boolean', 'autoConnect'),
  setting('boolean', 'keepOpen'),
  setting('number', 'lingerMillis'),
  setting('number', 'queueMaxCount'),
  setting('number', 'queueMaxMegabytes'),
  setting('number', 'queueMaxAgeSeconds'),
  setting('text', 'queueOverflow'),
  setting('text', 'outbox'),
  setting('number', 'outboxMaxCount'),
  setting('number', 'outboxMaxMegabytes'),
  setting('number', 'outboxMaxAgeSeconds'),
  setting('text', 'outboxOverflow'),
  setting('text', 'resendPriority'),
  setting('number', 'resendRate'),
  setting('text', 'resendMark'),
  setting('number', 'connectTimeoutSeconds'),
];

/** Names in lower case, for `unused`. */
export function names(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().split(' '));
}
