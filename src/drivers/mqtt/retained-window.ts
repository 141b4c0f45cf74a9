/**
 * Retained messages without subscription identifiers (3.1.1): a repeated SUBSCRIBE replays them to everyone on the
 * connection, so each subscriber that asked keeps a window in which it takes every replayed topic once; those whose
 * window is closed take none. A window closes when a later SUBSCRIBE replays and its own replay has fallen silent.
 */
import type { Subscriber } from './subscriber';

/** Silence after which a replay counts as over. */
const QUIET_MILLIS = 2_000;

export function openReplayWindow(subscriber: Subscriber, now: number): void {
  subscriber.replay = { seen: new Set(), lastReplayAt: now };
}

/** To be called before another replay begins on the same broker subscription. */
export function closeQuietWindow(subscriber: Subscriber, now: number): void {
  if (subscriber.replay && now - subscriber.replay.lastReplayAt > QUIET_MILLIS) subscriber.replay = undefined;
}

/** Whether a replayed message is for this subscriber; notes that it had it. */
export function takeReplay(subscriber: Subscriber, topic: string, now: number): boolean {
  const window = subscriber.replay;
  if (!window) return false;
  window.lastReplayAt = now;
  if (!window.seen) return true;
  if (window.seen.has(topic)) return false;
  window.seen.add(topic);
  return true;
}

/** A live message makes an earlier retained one of its topic outdated: its replay, sent before it, has come already. */
export function noteLive(subscriber: Subscriber, topic: string): void {
  if (subscriber.state.kind === 'active') subscriber.replay?.seen?.add(topic);
}

/** Frees what silent windows remember; they still take late replays. */
export class CalmTimer {
  #timer: NodeJS.Timeout | undefined;

  /** Looks through the windows again and again, while some are busy. */
  plan(subscribers: () => Iterable<Subscriber>): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = Date.now();
      let busy = false;
      for (const subscriber of subscribers()) busy = calm(subscriber, now) || busy;
      if (busy) this.plan(subscribers);
    }, QUIET_MILLIS);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** Returns whether the window is still busy. */
function calm({ replay: window }: Subscriber, now: number): boolean {
  if (!window?.seen) return false;
  if (now - window.lastReplayAt <= QUIET_MILLIS) return true;
  window.seen = undefined;
  return false;
}
