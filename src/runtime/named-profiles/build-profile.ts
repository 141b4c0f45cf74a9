/** From an entry as it stands in a file to the settings a profile node can use, or to what is wrong with it. */
import { PoolError } from '../../core/errors';
import { canonicalText } from '../../core/fingerprint';
import { isPlainObject } from '../settings-readers';
import type { Environment, Overrides } from './environment';
import { type Located, locate, type Place } from './located';
import { problem, type ProblemCode, type ProfileProblem } from './problem';
import { PROFILE_TYPES } from './profile-types';
import type { GatheredSettings, GivenSettings, NamedProfileType, PropertySpec } from './profile-type';
import { PropertyError, readValue } from './read-value';
import type { RawEntry } from './raw-entries';
import { refusalOf } from './refusal';
import { SecretFiles } from './secret-files';
import { t } from '../../core/wording';

/** A profile that nodes can use by its id. */
export interface NamedProfile {
  readonly id: string;
  /** What a node must be of to use it: `mqtt`, `redis`, … */
  readonly type: string;
  readonly place: Place;
  readonly given: GivenSettings;
  /** Equal for equal settings, however they are written. Holds secrets: for comparing only. */
  readonly text: string;
}

export interface BuiltProfile {
  /** Undefined when it can't be used. */
  readonly profile: NamedProfile | undefined;
  readonly problems: readonly ProfileProblem[];
  /** Files whose content is part of it. */
  readonly files: readonly string[];
}

export interface BuildContext {
  readonly environment: Environment;
  readonly overrides: Overrides;
  /** The file the entry stands in; undefined when it is none. */
  readonly file: string | undefined;
}

export function buildProfile(entry: RawEntry, context: BuildContext): BuiltProfile {
  const type = PROFILE_TYPES.get(entry.type);
  return type ? new Builder(entry, type, context).build() : { profile: undefined, problems: [], files: [] };
}

interface Written {
  /** As written. */
  readonly name: string;
  readonly located: Located;
}

class Builder {
  readonly #entry: RawEntry;
  readonly #type: NamedProfileType;
  readonly #context: BuildContext;
  readonly #problems: ProfileProblem[] = [];
  readonly #gathered: GatheredSettings = { settings: {}, credentials: {}, tls: {} };
  readonly #files: SecretFiles;
  /** What set a part's property, to say where it stands. */
  readonly #writtenAs = new Map<string, Written>();

  constructor(entry: RawEntry, type: NamedProfileType, context: BuildContext) {
    this.#entry = entry;
    this.#type = type;
    this.#context = context;
    this.#files = SecretFiles.besides(context.file);
  }

  build(): BuiltProfile {
    const { id, place } = this.#entry;
    for (const written of this.#written()) this.#put(written);
    const files = [...this.#files.paths];
    const failed = () => ({ profile: undefined, problems: this.#problems, files });
    if (this.#problems.some(({ severity }) => severity === 'error')) return failed();
    try {
      const type = this.#type.finish?.(this.#gathered) ?? this.#type.type;
      const { settings, credentials, tls } = this.#gathered;
      if (Object.keys(tls).length > 0)
        this.#warnOfPlainText(settings['broker'] ?? settings['url'] ?? settings['baseUrl']);
      const given = { settings, credentials, tlsNode: standInForTls(tls) };
      const checked = (PROFILE_TYPES.get(type) ?? this.#type).check(given);
      const text = canonicalText([type, checked, settings['autoConnect'] ?? true]);
      return { profile: { id, type, place, given, text }, problems: this.#problems, files };
    } catch (thrown) {
      this.#refused(PoolError.from(thrown));
      return failed();
    }
  }

  /** The properties in force: the environment's word goes before the file's. */
  #written(): Written[] {
    const written = new Map<string, Written>();
    for (const [name, located] of this.#entry.properties) written.set(name, { name, located });
    const variables = new Set<string>();
    for (const [name, { value, variable }] of this.#context.overrides) {
      const spec = this.#specOf(name)?.spec;
      // Whatever name or file says the same thing gives way.
      for (const [other, { located }] of [...written]) {
        const isSame = other.toLowerCase() === name.toLowerCase() || sameTarget(this.#specOf(other)?.spec, spec);
        if (!isSame) continue;
        written.delete(other);
        if (variables.has(located.place.file)) this.#overruled(located.place.file, variable);
      }
      variables.add(variable);
      // The variable's value is meant as it is: "$" means nothing in it.
      const located = locate(
        value.replaceAll('${', () => '$${'),
        { file: variable },
      );
      written.set(name, { name: this.#spelling(name), located });
    }
    return [...written.values()];
  }

  #overruled(variable: string, by: string): void {
    const text = t`${variable} and ${by} set the same property; the latter counts. Remove one.`;
    this.#problems.push(
      problem('PROFILE_ENVIRONMENT', { file: variable }, text, { id: this.#entry.id, severity: 'warning' }),
    );
  }

  /** Variables are in capitals: properties are called by the name they have in files. */
  #spelling(name: string): string {
    return [...this.#entry.properties.keys()].find((one) => one.toLowerCase() === name.toLowerCase()) ?? name;
  }

  #specOf(name: string): { readonly spec: PropertySpec; readonly fromFile: boolean } | undefined {
    const key = name.toLowerCase();
    const { properties } = this.#type;
    const spec = properties.get(key);
    if (spec) return { spec, fromFile: false };
    const held = key.endsWith('file') ? properties.get(key.slice(0, -'file'.length)) : undefined;
    return held && held.kind !== 'path' ? { spec: held, fromFile: true } : undefined;
  }

  #put(written: Written): void {
    const { name, located } = written;
    const found = this.#specOf(name);
    if (!found) return this.#unknown(written);
    const { spec, fromFile } = found;
    const target = `${spec.part}.${spec.name}`;
    const earlier = this.#writtenAs.get(target);
    if (earlier) {
      const code = 'PROFILE_INVALID_PROPERTY';
      return this.#tell(code, written, t`says the same as "${earlier.name}"; remove one of them.`);
    }
    try {
      const value = readValue(located, spec, fromFile, this.#context.environment, this.#files);
      if (value === undefined) return;
      this.#gathered[spec.part][spec.name] = spec.convert ? spec.convert(value) : value;
      this.#writtenAs.set(target, written);
    } catch (thrown) {
      if (!(thrown instanceof PropertyError)) throw thrown;
      this.#tell(thrown.code, written, thrown.message);
    }
  }

  #unknown(written: Written): void {
    const unused = this.#type.unused.has(written.name.toLowerCase());
    const text = unused
      ? t`has no effect here: it belongs to the nodes, or to other software.`
      : t`is no property of ${this.#type.type} profiles; correct or remove it.`;
    const code = unused ? 'PROFILE_UNUSED_PROPERTY' : 'PROFILE_UNKNOWN_PROPERTY';
    this.#tell(code, written, text, 'warning');
  }

  /** Who sets certificates means TLS; but the scheme of an address has the last word. */
  #warnOfPlainText(address: unknown): void {
    if (typeof address !== 'string' || !/(^|,)\s*(tcp|mqtt|ws|redis|http):\/\//i.test(address)) return;
    const { id, place } = this.#entry;
    const text = t`It has certificates, but an address without TLS: they are not used. Begin it with ssl, wss, rediss or https.`;
    this.#problems.push(problem('PROFILE_UNUSED_PROPERTY', place, text, { id, severity: 'warning' }));
  }

  /** What the profile node would say, said of the property as it is written. */
  #refused(error: PoolError): void {
    const { names, text } = refusalOf(error);
    const written = names
      .flatMap((name) => [this.#writtenAs.get(`settings.${name}`), this.#writtenAs.get(`credentials.${name}`)])
      .find((one) => one !== undefined);
    if (text !== undefined && written) this.#tell('PROFILE_INVALID_PROPERTY', written, `${text}.`);
    else {
      const { id, place } = this.#entry;
      this.#problems.push(problem('PROFILE_INVALID_ENTRY', place, error.detail?.statement ?? error.message, { id }));
    }
  }

  #tell(code: ProblemCode, { name, located }: Written, text: string, severity: 'error' | 'warning' = 'error'): void {
    const concerned = { id: this.#entry.id, property: name, severity };
    this.#problems.push(problem(code, located.place, text, concerned));
  }
}

function sameTarget(one: PropertySpec | undefined, other: PropertySpec | undefined): boolean {
  return one !== undefined && one.part === other?.part && one.name === other.name;
}

/** Certificates of a named profile, in the place of a `tls-config` node. */
function standInForTls(tls: Readonly<Record<string, unknown>>): unknown {
  if (Object.keys(tls).length === 0) return undefined;
  return { addTLSOptions: (options: unknown) => (isPlainObject(options) ? Object.assign(options, tls) : options) };
}
