/**
 * How items are popped, by what the server knows: LMPOP and ZMPOP (Redis 7) take batches from one of several keys, older
 * servers a batch or an item of one key. Builds the commands and reads their replies; sends nothing.
 */
import type { RedisArgument, RedisReply } from '../session';

export type PopEnd = 'left' | 'right' | 'min' | 'max';
export type PopKind = 'list' | 'sorted-set';

export interface PopCommand {
  readonly name: string;
  readonly args: readonly RedisArgument[];
}

export interface PoppedItem {
  readonly value: Buffer;
  /** As the server wrote it. */
  readonly score?: string;
}

export interface Popped {
  readonly key: string;
  readonly items: readonly PoppedItem[];
}

/** `many`: batches of one of several keys; `batch`: batches of one key; `single`: one item of one key. */
type Skill = 'many' | 'batch' | 'single';

/** Milliseconds can be given since Redis 6; whole seconds are understood by all. */
const FRACTIONS_SINCE = 6;

export class PopCommands {
  readonly #kind: PopKind;
  readonly #skill: Skill;
  readonly #fractions: boolean;

  private constructor(kind: PopKind, skill: Skill, fractions: boolean) {
    this.#kind = kind;
    this.#skill = skill;
    this.#fractions = fractions;
  }

  /** @param version of the server; an empty one is taken for a present-day server */
  static of(kind: PopKind, version: string): PopCommands {
    const [major = 7, minor = 0] = version === '' ? [] : version.split('.').map(Number);
    const batches = kind === 'sorted-set' || major > 6 || (major === 6 && minor >= 2);
    return new PopCommands(kind, major >= 7 ? 'many' : batches ? 'batch' : 'single', major >= FRACTIONS_SINCE);
  }

  /** Whether `pop` can look after several keys at once. */
  get manyKeys(): boolean {
    return this.#skill === 'many';
  }

  /** For a server that doesn't know these commands, or doesn't allow them to this user. */
  get simpler(): PopCommands | undefined {
    if (this.#skill === 'many') return new PopCommands(this.#kind, 'batch', this.#fractions);
    if (this.#skill === 'batch' && this.#kind === 'list') return new PopCommands(this.#kind, 'single', this.#fractions);
    return undefined;
  }

  /** Takes what is there: up to `count` items of the first key that has any; of one key unless `manyKeys`. */
  pop(keys: readonly string[], end: PopEnd, count: number): PopCommand {
    const [key = ''] = keys;
    if (this.#skill === 'many') {
      const args = [keys.length, ...keys, end.toUpperCase(), 'COUNT', count];
      return { name: this.#kind === 'list' ? 'LMPOP' : 'ZMPOP', args };
    }
    const name = { left: 'LPOP', right: 'RPOP', min: 'ZPOPMIN', max: 'ZPOPMAX' }[end];
    return { name, args: this.#skill === 'batch' ? [key, count] : [key] };
  }

  /** The same, waiting for the first item. */
  block(keys: readonly string[], end: PopEnd, count: number, millis: number): PopCommand {
    const seconds = this.#fractions ? millis / 1000 : Math.ceil(millis / 1000);
    if (this.#skill === 'many') {
      const args = [seconds, keys.length, ...keys, end.toUpperCase(), 'COUNT', count];
      return { name: this.#kind === 'list' ? 'BLMPOP' : 'BZMPOP', args };
    }
    const name = { left: 'BLPOP', right: 'BRPOP', min: 'BZPOPMIN', max: 'BZPOPMAX' }[end];
    return { name, args: [...keys, seconds] };
  }

  /** How many items `block` returns at most. */
  blockCount(count: number): number {
    return this.#skill === 'many' ? count : 1;
  }

  /** How many items `pop` returns at most. */
  popCount(count: number): number {
    return this.#skill === 'single' ? 1 : count;
  }

  /** What `pop` brought; `key` is the one asked for, where the reply doesn't name it. */
  popped(reply: RedisReply, key: string): Popped | undefined {
    if (this.#skill === 'many') return named(reply, this.#kind);
    if (reply === null || (Array.isArray(reply) && reply.length === 0)) return undefined;
    const items = Array.isArray(reply) ? reply : [reply];
    return { key, items: this.#kind === 'list' ? items.map(plainItem) : scoredItems(items) };
  }

  /** What `block` brought. */
  blocked(reply: RedisReply): Popped | undefined {
    if (this.#skill === 'many') return named(reply, this.#kind);
    if (!Array.isArray(reply) || reply.length < 2) return undefined;
    const [key = null, ...rest] = reply;
    return { key: text(key), items: this.#kind === 'list' ? rest.map(plainItem) : scoredItems(rest) };
  }

  /** Puts items back where they came from, in their order. A member that was added anew meanwhile keeps its score. */
  putBack({ key, items }: Popped, end: PopEnd): PopCommand {
    if (this.#kind === 'sorted-set') {
      return { name: 'ZADD', args: [key, 'NX', ...items.flatMap(({ value, score = '0' }) => [score, value])] };
    }
    // The one popped last goes back first, at either end.
    return { name: end === 'left' ? 'LPUSH' : 'RPUSH', args: [key, ...items.map(({ value }) => value).reverse()] };
  }
}

function named(reply: RedisReply, kind: PopKind): Popped | undefined {
  if (!Array.isArray(reply)) return undefined;
  const [key = null, items] = reply;
  if (!Array.isArray(items) || items.length === 0) return undefined;
  return { key: text(key), items: kind === 'list' ? items.map(plainItem) : scoredItems(items) };
}

function plainItem(reply: RedisReply): PoppedItem {
  return { value: bytes(reply) };
}

/** Members and scores alternate, or come in pairs (RESP3). */
function scoredItems(replies: readonly RedisReply[]): PoppedItem[] {
  const flat = replies.flatMap((reply) => reply);
  const items: PoppedItem[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    items.push({ value: bytes(flat[at] ?? null), score: text(flat[at + 1] ?? null) });
  }
  return items;
}

function bytes(reply: RedisReply): Buffer {
  return Buffer.isBuffer(reply) ? reply : Buffer.from(String(reply));
}

function text(reply: RedisReply): string {
  return Buffer.isBuffer(reply) ? reply.toString() : String(reply);
}

/** A score as a number; Redis writes `inf`. */
export function scoreOf(written: string): number {
  if (/^\+?inf/i.test(written)) return Infinity;
  return /^-inf/i.test(written) ? -Infinity : Number(written);
}
