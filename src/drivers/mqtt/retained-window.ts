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

/** Frees what a silent window remembers; it still takes late replays. Returns whether the window is still busy. */
export function calmWindow(subscriber: Subscriber, now: number): boolean {
  const window = subscriber.replay;
  if (!window?.seen) return false;
  if (now - window.lastReplayAt <= QUIET_MILLIS) return true;
  window.seen = undefined;
  return false;
}

/** How often windows should be looked through while some are busy. */
export const CALM_INTERVAL_MILLIS = QUIET_MILLIS;
