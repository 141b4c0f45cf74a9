/** When a source polls: in an interval, at times of cron, or only when it is told to. */
import { PoolError } from '../../core/errors';
import { parseCron } from './cron';
import { t } from '../../core/wording';

/** Longest wait without a look at the clock, which may be set. */
const LONGEST_MILLIS = 60_000;
/** A clock that is set back by more than this is followed; by less, times that were met don't come again. */
const SET_BACK_MILLIS = 3 * 3_600_000;

export interface Schedule {
  /** The time by its clock, in milliseconds. */
  now(): number;
  /** The next time after this one; undefined for never. */
  next(after: number): number | undefined;
}

export const NEVER: Schedule = { now: Date.now, next: () => undefined };

/**
 * Times that are whole intervals after now: a poll that takes longer doesn't move the others, nor does a clock that is
 * set.
 */
export function everyMillis(millis: number, now: () => number = () => performance.now()): Schedule {
  const start = now();
  return { now, next: (after) => start + (Math.floor((after - start) / millis) + 1) * millis };
}

/** @throws PoolError `INVALID_CRON`, also for times that never come */
export function atCronTimes(text: string, now: () => number = Date.now): Schedule {
  const times = parseCron(text);
  const next = (after: number) => times.next(new Date(after))?.getTime();
  if (next(now()) === undefined) {
    const text = t`The times never come: no month has such a day; correct them in the node.`;
    throw new PoolError('INVALID_CRON', text, { kind: 'refused' });
  }
  return { now, next };
}

/** Calls back at every time of the schedule; returns what ends it. The timer keeps no process alive. */
export function runSchedule(schedule: Schedule, tick: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let met = schedule.now();
  const look = () => {
    const now = schedule.now();
    if (now < met - SET_BACK_MILLIS) met = now;
    const due = schedule.next(met);
    if (due === undefined) return;
    if (now < due) {
      timer = setTimeout(look, Math.min(Math.ceil(due - now), LONGEST_MILLIS));
      timer.unref();
      return;
    }
    // After a sleep of the computer the times that went by are one.
    met = now;
    look();
    tick();
  };
  look();
  return () => clearTimeout(timer);
}
