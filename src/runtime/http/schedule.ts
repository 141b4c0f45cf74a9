/** When a source polls: in an interval, at times of cron, or only when it is told to. */
import { parseCron } from './cron';

/** What timers can hold; longer waits are waited for in parts. */
const LONGEST_MILLIS = 2 ** 30;

export interface Schedule {
  /** The next time after this one, in milliseconds since the epoch; undefined for never. */
  next(after: number): number | undefined;
}

export const NEVER: Schedule = { next: () => undefined };

/** Times that are whole intervals after the start: one that takes longer doesn't move the others. */
export function everyMillis(millis: number, start: number): Schedule {
  return { next: (after) => start + (Math.floor((after - start) / millis) + 1) * millis };
}

/** @throws PoolError `INVALID_CRON` */
export function atCronTimes(text: string): Schedule {
  const times = parseCron(text);
  return { next: (after) => times.next(new Date(after))?.getTime() };
}

/** Calls back at every time of the schedule; returns what ends it. The timer keeps no process alive. */
export function runSchedule(schedule: Schedule, tick: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (time: number) => {
    const millis = time - Date.now();
    timer = setTimeout(
      () => {
        if (Date.now() < time) return wait(time);
        plan(time);
        tick();
      },
      Math.min(Math.max(0, millis), LONGEST_MILLIS),
    );
    timer.unref();
  };
  const plan = (since: number) => {
    // After a sleep of the computer the times that went by are left out.
    const time = schedule.next(Math.max(since, Date.now()));
    if (time !== undefined) wait(time);
  };
  plan(Date.now());
  return () => clearTimeout(timer);
}
