/**
 * Times in the notation of cron: minute, hour, day of month, month, day of week. Lists, ranges, steps and English names;
 * if both days are restricted, either of them will do, as cron has it. Times are local. When clocks are changed, times of a
 * set hour come once: one that is left out comes an hour later. With `*` as hour they go by the time that really passes.
 */
import { PoolError } from '../../core/errors';
import { t } from '../../core/wording';

interface Field {
  readonly outside: (part: string) => string;
  readonly minimum: number;
  readonly maximum: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { outside: (part) => t`"${part}" is no minute, which goes from 0 to 59`, minimum: 0, maximum: 59 },
  { outside: (part) => t`"${part}" is no hour, which goes from 0 to 23`, minimum: 0, maximum: 23 },
  { outside: (part) => t`"${part}" is no day of the month, which goes from 1 to 31`, minimum: 1, maximum: 31 },
  { outside: (part) => t`"${part}" is no month, which goes from 1 to 12`, minimum: 1, maximum: 12, names: MONTHS },
  {
    outside: (part) => t`"${part}" is no day of the week, which goes from 0 to 7`,
    minimum: 0,
    maximum: 7,
    names: DAYS,
  },
];
/** Days that are looked at: the longest wait is for a 29 February around a century that is no leap year. */
const MOST_DAYS = 366 * 9;

export interface CronTimes {
  /** The first time after this one; undefined if there is none, as for 30 February. */
  next(after: Date): Date | undefined;
}

/** @throws PoolError `INVALID_CRON`, naming the field */
export function parseCron(text: string): CronTimes {
  const parts = text.trim().toLowerCase().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    throw invalid(
      t`it has ${text.trim() === '' ? 0 : parts.length} fields instead of 5, such as "*/5 8-17 * * mon-fri"`,
    );
  }
  const [minutes, hours, days, months, weekdays] = FIELDS.map((field, index) => readField(parts[index] ?? '', field));
  if (!minutes || !hours || !days || !months || !weekdays) throw invalid(t`a field is missing`);
  if (weekdays.has(7)) weekdays.add(0);
  const anyDay = parts[2]?.startsWith('*') ?? false;
  const anyWeekday = parts[4]?.startsWith('*') ?? false;
  const fits = (date: Date): boolean => {
    const byDay = days.has(date.getDate());
    const byWeekday = weekdays.has(date.getDay());
    return months.has(date.getMonth() + 1) && (anyDay || anyWeekday ? byDay && byWeekday : byDay || byWeekday);
  };
  const anyHour = parts[1]?.startsWith('*') ?? false;
  return { next: (after) => findNext(after, fits, { hours: sorted(hours), minutes: sorted(minutes), anyHour }) };
}

interface TimesOfDay {
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly anyHour: boolean;
}

function findNext(
  after: Date,
  fits: (date: Date) => boolean,
  { hours, minutes, anyHour }: TimesOfDay,
): Date | undefined {
  const [year, month, first] = [after.getFullYear(), after.getMonth(), after.getDate()];
  for (let day = 0; day < MOST_DAYS; day += 1) {
    if (!fits(new Date(year, month, first + day))) continue;
    for (const hour of hours) {
      const times = minutes.map((minute) => new Date(year, month, first + day, hour, minute));
      const coming = (anyHour ? times.flatMap((time) => asTimePasses(time, hour)) : times).filter(
        (time) => time > after,
      );
      if (coming.length > 0) return new Date(Math.min(...coming.map(Number)));
    }
  }
  return undefined;
}

/** A time of an hour: none if clocks leave the hour out, two if they are put back to it. */
function asTimePasses(time: Date, hour: number): Date[] {
  if (time.getHours() !== hour) return [];
  const again = [30, 60]
    .map((minutes) => new Date(time.getTime() + minutes * 60_000))
    .find((later) => later.getHours() === hour && later.getMinutes() === time.getMinutes());
  return again ? [time, again] : [time];
}

function readField(text: string, field: Field): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step, ...rest] = part.split('/');
    const every = step === undefined ? 1 : Number(step);
    if (rest.length > 0 || !/^\d+$/.test(step ?? '1') || every < 1) throw wrong(part, field);
    const [from, to] = readRange(range, field, step !== undefined);
    for (let value = from; value <= to; value += every) values.add(value);
  }
  return values;
}

function readRange(text: string, field: Field, stepped: boolean): readonly [number, number] {
  if (text === '*') return [field.minimum, field.maximum === 7 ? 6 : field.maximum];
  const [from, to, ...rest] = text.split('-');
  const first = readValue(from, field);
  // "5/10" means from 5 on.
  // A week may end with Sunday.
  const end = to === 'sun' && field.names === DAYS ? '7' : to;
  const last = end === undefined ? (stepped ? field.maximum : first) : readValue(end, field);
  if (rest.length > 0 || first === undefined || last === undefined || first > last) throw wrong(text, field);
  return [first, last];
}

function readValue(text: string | undefined, { names = [], minimum, maximum }: Field): number | undefined {
  if (text === undefined) return undefined;
  const named = names.indexOf(text);
  // Months are counted from 1.
  if (named !== -1) return named + (names === MONTHS ? 1 : 0);
  const value = Number(text);
  return /^\d+$/.test(text) && value >= minimum && value <= maximum ? value : undefined;
}

function sorted(values: ReadonlySet<number>): readonly number[] {
  return [...values].sort((one, other) => one - other);
}

function wrong(part: string, { outside }: Field): PoolError {
  return invalid(outside(part));
}

function invalid(why: string): PoolError {
  return new PoolError('INVALID_CRON', t`The times can't be read: ${why}; correct them in the node.`, {
    kind: 'refused',
  });
}
