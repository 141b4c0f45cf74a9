/** What is wrong with named profiles: an error (an entry or file can't be used) or a warning (it can, but …). */
import { type Place, showPlace } from './located';
import { clause, t } from '../../core/wording';

export type ProblemCode =
  | 'PROFILE_FILE_UNREADABLE'
  | 'PROFILE_FILE_TOO_LARGE'
  | 'PROFILE_FILE_EMPTY'
  | 'PROFILE_FILE_SYNTAX'
  | 'PROFILE_DUPLICATE_ID'
  | 'PROFILE_INVALID_ID'
  | 'PROFILE_UNKNOWN_TYPE'
  | 'PROFILE_INVALID_ENTRY'
  | 'PROFILE_INVALID_PROPERTY'
  | 'PROFILE_UNKNOWN_PROPERTY'
  | 'PROFILE_UNUSED_PROPERTY'
  | 'PROFILE_ENVIRONMENT'
  | 'PROFILE_SECRET_FILE';

export interface ProfileProblem {
  readonly severity: 'error' | 'warning';
  readonly code: ProblemCode;
  /** What happened, where, and what to change; without any value that may be secret. */
  readonly message: string;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly id?: string;
  /** The property as it is written. */
  readonly property?: string;
}

export interface Concerned {
  readonly id?: string | undefined;
  readonly property?: string | undefined;
  readonly severity?: 'error' | 'warning';
}

/** @param text what is wrong; the profile, the property and the place are put around it */
export function problem(code: ProblemCode, place: Place, text: string, concerned: Concerned = {}): ProfileProblem {
  const { id, property, severity = 'error' } = concerned;
  const what = property === undefined ? text : `"${property}" ${text}`;
  const said = `${clause(what)} (${showPlace(place)}).`;
  return {
    severity,
    code,
    message: id === undefined ? said : t`Named profile "${id}": ${said}`,
    ...place,
    ...(id === undefined ? {} : { id }),
    ...(property === undefined ? {} : { property }),
  };
}
