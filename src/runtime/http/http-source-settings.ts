/** From the flow JSON of an HTTP source to when and what it polls. */
import { CheckedReaders, readBoolean, readText, type Settings } from '../settings-readers';
import type { TypedInput } from '../typed-inputs';
import { NamedValues } from './named-values';
import { PATH_TEMPLATE } from './path-template';
import { RETURN_FORMATS, type ReturnFormat } from './response-message';
import { atCronTimes, everyMillis, NEVER, type Schedule } from './schedule';
import { t } from '../../core/wording';

export interface HttpSourceSettings {
  /** The path and the headers. */
  readonly inputs: readonly TypedInput<string>[];
  readonly headers: NamedValues;
  readonly schedule: Schedule;
  /** Poll as soon as the flow starts, too. */
  readonly startNow: boolean;
  readonly returns: ReturnFormat;
  /** Ask with ETag and Last-Modified whether there is something new. */
  readonly validators: boolean;
  /** Send nothing when the answer is the same as the last one. */
  readonly skipUnchanged: boolean;
  /** How the state comes from the answer; `none` for none. */
  readonly stateType: 'none' | 'property' | 'jsonata';
  readonly state: string;
  readonly initialState: unknown;
  readonly paging: 'none' | 'link' | 'property';
  readonly nextProperty: string;
  readonly nextParameter: string;
  readonly maxPages: number;
  /** A message for each element of the array at `items`. */
  readonly each: boolean;
  readonly items: string;
}

const readers = new CheckedReaders('HTTP_INVALID_NODE', 'node', 'pool-http-source');
const YEAR_SECONDS = 31_536_000;

/** @throws PoolError `HTTP_INVALID_NODE` or `INVALID_CRON`, naming the field */
export function readSourceSettings(settings: Settings): HttpSourceSettings {
  const headers = new NamedValues(settings['headers'], 'header');
  const path = { field: 'path', value: settings['path'] ?? '', type: readText(settings, 'pathType') || 'template' };
  const paging = readers.word(settings, 'paging', ['none', 'link', 'property']) ?? 'none';
  const stateType = readers.word(settings, 'stateType', ['none', 'property', 'jsonata']) ?? 'none';
  return {
    inputs: [{ ...path, template: PATH_TEMPLATE }, ...headers.inputs],
    headers,
    schedule: readSchedule(settings),
    startNow: readBoolean(settings, 'startNow', true),
    returns: readers.word(settings, 'returns', RETURN_FORMATS) ?? 'auto',
    validators: readBoolean(settings, 'validators', true),
    skipUnchanged: readBoolean(settings, 'skipUnchanged', false),
    stateType,
    state: needed(settings, 'state', stateType !== 'none', t`a property or expression of the answer`),
    initialState: readState(settings['initialState']),
    paging,
    nextProperty: needed(settings, 'nextProperty', paging === 'property', t`a property such as payload.next`),
    nextParameter: readText(settings, 'nextParameter'),
    maxPages: readers.integer(settings, 'maxPages', 1, 100_000) ?? 100,
    each: readBoolean(settings, 'each', false),
    items: readText(settings, 'items').replace(/^msg\./, '') || 'payload',
  };
}

function readSchedule(settings: Settings): Schedule {
  switch (readers.word(settings, 'when', ['interval', 'cron', 'message']) ?? 'interval') {
    case 'interval':
      return everyMillis(readers.seconds(settings, 'intervalSeconds', 0.1, YEAR_SECONDS) ?? 60_000);
    case 'cron':
      return atCronTimes(readText(settings, 'cron'));
    case 'message':
      return NEVER;
  }
}

function needed(settings: Settings, field: string, isNeeded: boolean, what: string): string {
  const text = readText(settings, field).replace(/^msg\./, '');
  if (isNeeded && text === '') throw readers.invalid(field, what);
  return text;
}

/** JSON, or text as it is. */
function readState(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim() === '') return value === '' ? undefined : value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
