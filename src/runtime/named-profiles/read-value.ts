/** One value of a profile: variables filled in, read from its file if it names one, and of the type it has to be. */
import { type Environment, expandVariables } from './environment';
import { type Located, plainValue } from './located';
import type { ProblemCode } from './problem';
import type { PropertyKind, PropertySpec } from './profile-type';
import type { SecretFiles } from './secret-files';
import { t } from '../../core/wording';

/** Why a property can't be used; the message completes the sentence that its name begins. */
export class PropertyError extends Error {
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * @param fromFile the value is the path of a file that holds the value
 * @returns undefined when it is not set: null or empty text
 * @throws PropertyError
 */
export function readValue(
  located: Located,
  spec: PropertySpec,
  fromFile: boolean,
  environment: Environment,
  files: SecretFiles,
): unknown {
  if (!fromFile) return convert(located, spec.kind, environment, files);
  const path = textOf(located, environment, t`the path of a file`);
  return path === undefined
    ? undefined
    : parse(
        attempt(() => files.readText(path)),
        spec.kind,
      );
}

function convert(located: Located, kind: PropertyKind, environment: Environment, files: SecretFiles): unknown {
  switch (kind) {
    case 'object':
      if (located.members) return expandAll(plainValue(located), environment);
      return textOf(located, environment, t`a map of names and values`);
    case 'texts': {
      if (!located.items) return textOf(located, environment, t`text or a list of texts`);
      const texts = located.items.map((item) => textOf(item, environment, t`a list of texts`));
      return texts.filter((text) => text !== undefined).join(',') || undefined;
    }
    case 'path': {
      const path = textOf(located, environment, t`the path of a file`);
      return path === undefined ? undefined : attempt(() => files.read(path));
    }
    case 'number':
    case 'boolean':
      if (typeof located.scalar === kind) return located.scalar;
      return parse(textOf(located, environment, kind === 'number' ? t`a number` : t`true or false`), kind);
    case 'text':
    case 'base64':
      return parse(textOf(located, environment, 'text'), kind);
  }
}

/** Text as the kind it has to be. */
function parse(text: string | undefined, kind: PropertyKind): unknown {
  if (text === undefined) return undefined;
  switch (kind) {
    case 'number': {
      const number = Number(text);
      if (!Number.isFinite(number)) throw wrongType(t`a number`);
      return number;
    }
    case 'boolean':
      if (/^true$/i.test(text)) return true;
      if (/^false$/i.test(text)) return false;
      throw wrongType(t`true or false`);
    case 'base64':
      if (!/^[A-Za-z0-9+/=\s]*$/.test(text)) throw wrongType('base64');
      return Buffer.from(text, 'base64');
    case 'text':
    case 'texts':
    case 'object':
    case 'path':
      return text;
  }
}

/** Text, or a number as it is written; undefined for null and empty text. */
function textOf(located: Located, environment: Environment, expected: string): string | undefined {
  const { scalar, source } = located;
  if (scalar === null) return undefined;
  if (typeof scalar === 'number') return source ?? String(scalar);
  if (typeof scalar !== 'string') throw wrongType(expected);
  const expansion = expandVariables(scalar, environment);
  if ('missing' in expansion) {
    const text = t`needs the environment variable ${expansion.missing}, which is not set; set it, or write a default: \${${expansion.missing}:-…}.`;
    throw new PropertyError('PROFILE_ENVIRONMENT', text);
  }
  if ('malformed' in expansion) {
    const text = t`has "\${" that begins no variable; write \${NAME}, \${NAME:-default}, or $\${ for the characters themselves.`;
    throw new PropertyError('PROFILE_ENVIRONMENT', text);
  }
  return expansion.text === '' ? undefined : expansion.text;
}

function expandAll(value: unknown, environment: Environment): unknown {
  if (typeof value === 'string') {
    return textOf({ place: { file: '' }, scalar: value }, environment, 'text') ?? '';
  }
  if (Array.isArray(value)) return value.map((item) => expandAll(item, environment));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expandAll(item, environment)]));
}

function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new PropertyError('PROFILE_SECRET_FILE', t`names a file: ${why}.`);
  }
}

function wrongType(expected: string): PropertyError {
  return new PropertyError('PROFILE_INVALID_PROPERTY', t`must be ${expected}.`);
}
