/** A definition that comes from the admin API, checked and made complete before anything is written. */
import { isDeepStrictEqual } from 'node:util';
import { PoolError } from '../../core/errors';
import { type BuildContext, buildProfile } from './build-profile';
import { locate, plainValue } from './located';
import { type ProfileProblem, problem } from './problem';
import { TYPE_NAMES } from './profile-types';
import { holdsMask, MASK, shownValue } from './profile-view';
import { type RawEntry, readEntries } from './raw-entries';
import { t } from '../../core/wording';

/** A definition as the API takes it, in eKuiper's words or ours. */
export interface ProfileDefinition {
  readonly typ?: string;
  readonly type?: string;
  readonly props?: Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** What is written. */
export interface CompleteDefinition {
  readonly typ: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** `NAMED_PROFILE_INVALID`, with everything that is wrong. */
export class InvalidDefinition extends PoolError {
  readonly problems: readonly ProfileProblem[];

  constructor(id: string, problems: readonly ProfileProblem[]) {
    const said = problems.map(({ message }) => message).join(' ');
    super('NAMED_PROFILE_INVALID', said || t`Named profile "${id}" is not defined by this.`, { kind: 'refused' });
    this.problems = problems;
  }
}

const PLACE = { file: 'definition' };

/**
 * A value that is given as it is shown, its secret masked, stays as it is stored.
 *
 * @param stored the profile as it is now, if there is one
 * @throws InvalidDefinition
 */
export function completeDefinition(
  id: string,
  definition: ProfileDefinition,
  stored: RawEntry | undefined,
  context: Omit<BuildContext, 'overrides'>,
): CompleteDefinition {
  const typ = definition.typ ?? definition.type ?? '';
  const given = Object.entries(definition.props ?? definition.properties ?? {});
  const props = Object.fromEntries(given.map(([name, value]) => [name, unmasked(name, value, stored)]));
  const masked = Object.keys(props).filter((name) => holdsMask(props[name]));
  if (masked.length > 0) {
    const text = t`has ${MASK} in place of a secret that is not stored, or not for this; give the secret itself.`;
    throw invalid(
      id,
      masked.map((property) => problem('PROFILE_INVALID_PROPERTY', PLACE, text, { id, property })),
    );
  }
  const { entries, problems } = readEntries([locate([{ id, typ, props }], PLACE)], TYPE_NAMES);
  const [entry] = entries;
  const built = entry && buildProfile(entry, { ...context, overrides: new Map() });
  if (!entry || !built?.profile) throw invalid(id, [...problems, ...(built?.problems ?? [])]);
  const plain = [...entry.properties].map(([name, value]) => [name, plainValue(value)] as const);
  return { typ: entry.type, props: Object.fromEntries(plain) };
}

function unmasked(name: string, value: unknown, stored: RawEntry | undefined): unknown {
  const present = stored?.properties.get(name);
  if (!stored || !present || !holdsMask(value)) return value;
  return isDeepStrictEqual(value, shownValue(stored.type, name, present)) ? plainValue(present) : value;
}

/** The place of a definition says nothing to whom sent it. */
function invalid(id: string, problems: readonly ProfileProblem[]): InvalidDefinition {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return new InvalidDefinition(
    id,
    errors.map((one) => ({ ...one, message: one.message.replace(' (definition)', '') })),
  );
}
