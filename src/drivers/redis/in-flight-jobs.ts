/**
 * Jobs sent and not answered, in the order they were sent. Answers come nearly in that order, so this is a queue with a
 * moving head rather than a set: at a hundred thousand jobs a second a set spends its time on cleaning up.
 */
import type { Job } from './command-job';

export class InFlightJobs {
  #jobs: (Job | undefined)[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(job: Job): void {
    job.inFlight = true;
    this.#jobs.push(job);
    this.#size += 1;
  }

  /** Whether it was there. */
  delete(job: Job): boolean {
    if (!job.inFlight) return false;
    job.inFlight = false;
    this.#size -= 1;
    while (this.#head < this.#jobs.length && !this.#jobs[this.#head]?.inFlight) {
      this.#jobs[this.#head] = undefined;
      this.#head += 1;
    }
    if (this.#head === this.#jobs.length) {
      this.#jobs.length = 0;
      this.#head = 0;
    } else if (this.#head > 4_096 && this.#head * 2 > this.#jobs.length) {
      this.#jobs = this.#jobs.slice(this.#head);
      this.#head = 0;
    }
    return true;
  }

  /** All of them, in order. A job that was taken out and sent again stands where it was sent last. */
  list(): Job[] {
    const seen = new Set<Job>();
    const jobs: Job[] = [];
    for (let index = this.#jobs.length - 1; index >= this.#head; index -= 1) {
      const job = this.#jobs[index];
      if (!job?.inFlight || seen.has(job)) continue;
      seen.add(job);
      jobs.push(job);
    }
    return jobs.reverse();
  }

  /** Takes all out, and returns them in order. */
  takeAll(): Job[] {
    const jobs = this.list();
    for (const job of jobs) job.inFlight = false;
    this.#jobs = [];
    this.#head = 0;
    this.#size = 0;
    return jobs;
  }
}
