/** What the sidebar says of a connection. */
import { counted, formatNumber, text } from '../texts.mjs';
import type { Connection } from './connections.mjs';
import { type Duration, digitsFor, duration, remaining, size } from './measures.mjs';

export function protocolOf({ type }: Pick<Connection, 'type'>): string {
  return type === 'redis' ? 'Redis' : type.toUpperCase();
}

/** The address, without what the protocol says already. */
export function placeOf({ type, address }: Pick<Connection, 'type' | 'address'>): string {
  return address.startsWith(`${type}://`) ? address.slice(type.length + 3) : address;
}

export function isQuiet({ rates }: Pick<Connection, 'rates'>): boolean {
  return Object.values(rates).every((rate) => rate === 0);
}

export function stateOf({ condition }: Pick<Connection, 'condition'>): string {
  return text(`state.${condition}`);
}

/** Such as "for 3 h". */
export function sinceOf({ since, downSince = since }: Pick<Connection, 'since' | 'downSince'>, now: number): string {
  return text('time.since', { time: inWords(duration(now - downSince)) });
}

/** Such as "5 min ago". */
export function ago(at: number, now: number): string {
  return text('time.ago', { time: inWords(duration(now - at)) });
}

/** When it is tried again, or how often it was; empty when neither is so. */
export function attemptOf(connection: Connection, now: number): string {
  const { attempt, condition, nextAttemptAt, state } = connection;
  if (condition === 'paused') return '';
  if (condition !== state) return text('attempt.now');
  if (nextAttemptAt !== undefined) {
    if (nextAttemptAt <= now) return text('attempt.now');
    return text('attempt.next', { time: inWords(remaining(nextAttemptAt - now)) });
  }
  return attempt !== undefined && attempt > 1 ? text('attempt.number', { number: formatNumber(attempt) }) : '';
}

export function bytes(count: number): string {
  const { value, unit } = size(count);
  const digits = unit === 'B' ? 0 : digitsFor(value);
  return `${formatNumber(value, digits)} ${unit}`;
}

/** Such as "12 msg/s". */
export function messageRate(perSecond: number): string {
  return text('rate.messages', { number: formatNumber(perSecond, digitsFor(perSecond)) });
}

export function byteRate(perSecond: number): string {
  return text('rate.bytes', { size: bytes(Math.round(perSecond)) });
}

/** What else there is to say in few words: who shares it, what went wrong, what waits. */
export function notesOf(connection: Connection): string[] {
  const { state, nodes, dedicated, keepOpen, reconnects, queued, outbox = 0 } = connection;
  const profiles = connection.profiles.length + (connection.moreProfiles ?? 0);
  return [
    counted('note.nodes', nodes),
    ...(profiles > 1 ? [counted('note.profiles', profiles)] : []),
    ...(dedicated ? [text('note.dedicated')] : []),
    ...(keepOpen && nodes === 0 ? [text('note.keptOpen')] : []),
    ...(reconnects > 0 ? [counted('note.reconnects', reconnects)] : []),
    ...(queued > 0 ? [counted('note.queued', queued)] : []),
    ...(outbox > 0 ? [counted('note.outbox', outbox)] : []),
    ...(state === 'connected' && isQuiet(connection) ? [text('rate.none')] : []),
  ];
}

/** What a test has found out about the server; empty when it said nothing of itself. */
export function serverOf(details: Readonly<Record<string, unknown>>): string {
  const { protocolVersion, protocol, version, server, status } = details;
  const word = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? `${value}` : '');
  const mqtt = { 3: '3.1', 4: '3.1.1', 5: '5' }[Number(protocolVersion)];
  const parts = [
    mqtt === undefined ? '' : `MQTT ${mqtt}`,
    word(version) === '' ? '' : `Redis ${word(version)}`,
    word(protocol),
    word(server),
    word(status) === '' ? '' : `HTTP ${word(status)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function inWords({ unit, count }: Duration): string {
  return text(`time.${unit}`, { count: formatNumber(count) });
}
