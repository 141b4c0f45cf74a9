/**
 * How profiles that are edited stand to each other: whether they will share a connection, or fight over a client id.
 * What is compared comes from the request. Stored credentials stand in it as hashes that are new each time, so that
 * nobody can find out a stored secret by guessing: one that was typed is never equal to one that is stored.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Driver, DriverSession } from '../../core/driver';
import { canonicalText } from '../../core/fingerprint';
import type { Pool } from '../../core/pool';
import { readText, type Settings } from '../settings-readers';
import type { AdminRuntime } from './route';
import { readProfile, STORED_PASSWORD, storedCredentials, type UnsavedSettings } from './unsaved-settings';

export interface KeptApart {
  readonly id: string;
  /** What is different: names of the profile's parts, such as `keepAliveMillis`. */
  readonly because: readonly string[];
}

export interface Comparison {
  /** Those that will share one connection with it. */
  readonly same: readonly string[];
  /** Those that will, if what was typed as their credentials is equal to what is stored. */
  readonly alike: readonly string[];
  /** Those with the same client id at the same broker, but other settings. */
  readonly fights: readonly KeptApart[];
  /** Those to the same address with other settings. */
  readonly apart: readonly KeptApart[];
}

/** A profile as the driver has normalised it, and the same with any credentials in the place of its own. */
interface Candidate {
  readonly id: string;
  readonly exact: object;
  readonly blank: object;
}

/** What is about to be moved over is compared, too; nothing else is done with its credentials. */
const CORE_BROKER = 'mqtt-broker';

type AnyDriver = Driver<object, DriverSession>;

/** @param edited what it is compared with; settings that can't work are alike to nothing */
export function compareProfiles(
  RED: AdminRuntime,
  pool: Pool,
  edited: UnsavedSettings,
  others: readonly UnsavedSettings[],
): Comparison {
  const named = readText(edited.settings, 'named');
  if (named !== '') {
    const same = others.filter(({ settings }) => readText(settings, 'named') === named);
    return { same: same.map(idOf), alike: [], fights: [], apart: [] };
  }
  const driver = pool.driver(edited.type) as AnyDriver;
  const secret = randomBytes(16);
  const candidateOf = (profile: UnsavedSettings) => readCandidate(RED, driver, profile, secret);
  const one = candidateOf(edited);
  const found = { same: [] as string[], alike: [] as string[], fights: [] as KeptApart[], apart: [] as KeptApart[] };
  if (!one) return found;
  const identity = driver.identity?.(one.exact);
  for (const other of others) {
    const candidate = readText(other.settings, 'named') === '' ? candidateOf(other) : undefined;
    if (!candidate) continue;
    const { id } = candidate;
    const because = differences(one.blank, candidate.blank);
    if (canonicalText(one.exact) === canonicalText(candidate.exact)) found.same.push(id);
    else if (because.length === 0) found.alike.push(id);
    else if (identity !== undefined && identity === driver.identity?.(candidate.exact))
      found.fights.push({ id, because });
    else if (driver.describe(one.exact) === driver.describe(candidate.exact)) found.apart.push({ id, because });
  }
  return found;
}

function readCandidate(
  RED: AdminRuntime,
  driver: AnyDriver,
  unsaved: UnsavedSettings,
  secret: Buffer,
): Candidate | undefined {
  const settings = withPlaceholders(unsaved.settings);
  const credentials = hashStored(RED, unsaved, secret);
  // What is there or not is no secret: the editor shows it.
  const blank = Object.fromEntries(Object.entries(credentials).map(([name, value]) => [name, value ? 'x' : value]));
  const read = (own: Settings) => driver.normalise(readProfile(RED, unsaved.type, settings, own) as object);
  try {
    return { id: idOf(unsaved), exact: read(credentials), blank: read(blank) };
  } catch {
    return undefined;
  }
}

function hashStored(RED: AdminRuntime, { id, type, credentials }: UnsavedSettings, secret: Buffer): Settings {
  const stored = storedCredentials(RED, id, type, type === 'mqtt' ? CORE_BROKER : undefined) ?? {};
  const hash = (value: unknown) =>
    typeof value === 'string' && value !== '' ? createHmac('sha256', secret).update(value).digest('hex') : '';
  const hashed = Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, hash(value)]));
  const typed = Object.entries(withPlaceholders(credentials)).filter(([, value]) => value !== STORED_PASSWORD);
  return { ...hashed, ...Object.fromEntries(typed) };
}

/** Environment variables are not looked up: they may be secrets. Equal names are equal values. */
function withPlaceholders(values: Settings): Settings {
  const entries = Object.entries(values).map(([name, value]) => {
    const [, variable] = typeof value === 'string' ? (/^\$\{([^}]+)\}$/.exec(value) ?? []) : [];
    return [name, variable === undefined ? value : `env-${Buffer.from(variable).toString('hex')}`] as const;
  });
  return Object.fromEntries(entries);
}

function differences(one: object, other: object): string[] {
  const [values, others] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const names = [...new Set([...Object.keys(values), ...Object.keys(others)])];
  return names.filter((name) => canonicalText(values[name]) !== canonicalText(others[name]));
}

function idOf({ id }: UnsavedSettings): string {
  return id ?? '';
}
