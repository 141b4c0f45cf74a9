/**
 * Pops for all readers over one link, from its coming to its going. In rounds: readers whose keys may hold more are
 * asked for one by one in a pipeline (so a wrong key fails alone, and each has its own count); when none is left, one
 * blocking command waits for all of them. The one served last comes last in the next command: the order of the keys is
 * their priority in Redis.
 *
 * Readers of different ends: a blocking command has one end, so the ends take turns of 50 ms, and the other end's keys
 * are looked after between the turns. With one end alone, as is usual, an item arrives without delay.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PoolError } from '../../../core/errors';
import type { ConnectionParts } from '../connection-part';
import type { RedisLink } from '../redis-link';
import type { RedisReply } from '../session';
import { isCommandRefused, isConnectionError } from './connection-errors';
import { Interrupter } from './interrupter';
import { PopCommands, type PopCommand, type PopEnd, type PopKind, type Popped } from './pop-commands';
import type { PoppingReader } from './popping-reader';
import { t } from '../../../core/wording';

/** How long a blocking command waits: for itself, where it can't be interrupted, where ends take turns. */
const BLOCK_MILLIS = 2500;
const UNINTERRUPTED_MILLIS = 250;
const TURN_MILLIS = 50;
/** Where nothing can block (a cluster, an ACL): how often empty keys are asked for. */
const POLL_MILLIS = 50;
const MAX_POLL_MILLIS = 100;
/** Keys without items that one command looks after while other keys have some. */
const CHUNK_KEYS = 10;
const TROUBLE_PAUSE_MILLIS = 100;
const MAX_BLOCK_FAILURES = 3;
const COMMAND_TIMEOUT_MILLIS = 10_000;

export class PopRun {
  readonly #parts: ConnectionParts;
  readonly #link: RedisLink;
  readonly #readers: Set<PoppingReader>;
  readonly #interrupter: Interrupter;
  #commands: PopCommands;
  #mayBlock: boolean;
  #blockFailures = 0;
  #turn = 0;
  #pollMillis = POLL_MILLIS;
  #ended = false;
  #woken = false;
  #troubled = false;
  #rouse: (() => void) | undefined;

  /** @param readers kept up to date by the caller; the first is the next to be served */
  constructor(kind: PopKind, parts: ConnectionParts, link: RedisLink, readers: Set<PoppingReader>) {
    this.#parts = parts;
    this.#link = link;
    this.#readers = readers;
    this.#interrupter = new Interrupter(parts);
    this.#commands = PopCommands.of(kind, link.server.version);
    // A cluster can't wait for keys of several slots.
    this.#mayBlock = link.server.mode !== 'cluster';
  }

  /** Runs until it is ended. Never rejects. */
  async run(): Promise<void> {
    if (this.#mayBlock) await this.#interrupter.prepare(() => this.#link.run('CLIENT', 'ID'));
    while (!this.#ended) await this.#round();
  }

  /** A reader came, went, or can take items again. */
  wake(): void {
    this.#woken = true;
    this.#interrupter.interrupt();
    this.#rouse?.();
  }

  end(): void {
    this.#ended = true;
    this.#rouse?.();
  }

  async #round(): Promise<void> {
    this.#woken = false;
    const free = [...this.#readers].filter((reader) => reader.free);
    if (free.length === 0) {
      await this.#sleep(undefined);
    } else if (!this.#mayBlock || free.some(({ hot }) => hot)) {
      const found = await this.#sweep(free);
      await this.#pauseBetweenSweeps(found, free);
    } else {
      // Whoever is quick to take a batch need not interrupt.
      if ([...this.#readers].some(({ busy }) => busy)) await nextTurn();
      if (!this.#woken) await this.#block(free);
    }
    if (this.#troubled && !this.#ended) {
      this.#troubled = false;
      await this.#sleep(TROUBLE_PAUSE_MILLIS);
    }
  }

  async #pauseBetweenSweeps(found: boolean, swept: readonly PoppingReader[]): Promise<void> {
    if (found) this.#pollMillis = POLL_MILLIS;
    if (found || this.#mayBlock || swept.some(({ free, hot }) => free && hot)) return;
    await this.#sleep(this.#pollMillis);
    this.#pollMillis = Math.min(2 * this.#pollMillis, MAX_POLL_MILLIS);
  }

  /** Takes what is there without waiting; whether there was anything. */
  async #sweep(readers: readonly PoppingReader[]): Promise<boolean> {
    const groups = readers.filter(({ hot }) => hot).map((reader) => [reader]);
    const size = this.#commands.manyKeys && this.#link.server.mode !== 'cluster' ? CHUNK_KEYS : 1;
    for (const end of endsOf(readers)) {
      const cold = readers.filter((reader) => !reader.hot && reader.request.end === end);
      for (let at = 0; at < cold.length; at += size) groups.push(cold.slice(at, at + size));
    }
    const found = await Promise.all(groups.map((group) => this.#pop(group)));
    return found.includes(true);
  }

  /** Readers of one end, with one command. */
  #pop(group: readonly PoppingReader[]): Promise<boolean> {
    const count = leastCount(group);
    const keys = keysOf(group);
    const commands = this.#commands;
    const command = commands.pop(keys, endOf(group), count);
    return this.#take(group, commands.popCount(count), async () =>
      commands.popped(await this.#send(command), keys[0] ?? ''),
    );
  }

  async #block(free: readonly PoppingReader[]): Promise<void> {
    const ends = endsOf(free);
    const end = ends[this.#turn % ends.length];
    this.#turn += 1;
    if (ends.length > 1) {
      const found = await this.#sweep(free.filter(({ request }) => request.end !== end));
      if (found || this.#woken || this.#ended) return;
    }
    const group = free.filter((reader) => reader.request.end === end && reader.free);
    if (group.length === 0) return;
    const commands = this.#commands;
    const count = leastCount(group);
    const millis = ends.length > 1 ? TURN_MILLIS : this.#interrupter.able ? BLOCK_MILLIS : UNINTERRUPTED_MILLIS;
    const command = commands.block(keysOf(group), endOf(group), count, millis);
    await this.#take(group, commands.blockCount(count), async () => {
      const ended = this.#interrupter.blocks();
      try {
        const popped = commands.blocked(await this.#send(command, millis));
        this.#blockFailures = 0;
        return popped;
      } finally {
        ended();
      }
    });
  }

  /** Has `pop` carried out for a group, hands out what it brought and finds out whose fault a failure is. */
  async #take(
    group: readonly PoppingReader[],
    asked: number,
    pop: () => Promise<Popped | undefined>,
  ): Promise<boolean> {
    for (const reader of group) reader.departed();
    try {
      const popped = await pop();
      for (const reader of group) {
        reader.hot = false;
        reader.works();
      }
      if (popped) await this.#handOut(group, popped, asked);
      return popped !== undefined;
    } catch (thrown) {
      this.#failed(group, PoolError.from(thrown));
      return false;
    } finally {
      for (const reader of group) reader.landed();
    }
  }

  async #handOut(group: readonly PoppingReader[], popped: Popped, asked: number): Promise<void> {
    const reader = group.find(({ key, free }) => free && key === popped.key);
    if (!reader) return this.#putBack(popped, endOf(group));
    if (this.#readers.delete(reader)) this.#readers.add(reader);
    reader.hot = popped.items.length >= asked;
    const { counters, tracing, seen } = this.#parts;
    seen?.taken(reader.request.kind, popped.key);
    let bytes = 0;
    for (const { value } of popped.items) bytes += value.length;
    counters.messagesIn += popped.items.length;
    counters.bytesIn += bytes;
    tracing?.received(popped.key, bytes);
    reader.deliver(popped.items);
  }

  async #putBack(popped: Popped, end: PopEnd): Promise<void> {
    try {
      await this.#send(this.#commands.putBack(popped, end));
    } catch (thrown) {
      const error = PoolError.from(thrown);
      const { key, items } = popped;
      const message =
        items.length === 1
          ? t`An item of ${key} was taken for a reader that had just closed, and could not be put back: ${error.message}`
          : t`${items.length} items of ${key} were taken for a reader that had just closed, and could not be put back: ${error.message}`;
      this.#parts.warn(new PoolError('REDIS_ITEMS_LOST', message, { cause: error }));
    }
  }

  #failed(group: readonly PoppingReader[], error: PoolError): void {
    const [first, ...others] = group;
    if (this.#ended || isConnectionError(error)) {
      this.#troubled = true;
      return;
    }
    const blocked = first?.hot === false && this.#mayBlock;
    const { simpler } = this.#commands;
    if (!blocked && isCommandRefused(error) && simpler) {
      this.#commands = simpler;
    } else if (!blocked && others.length === 0) {
      this.#blockFailures = 0;
      first?.failed(error);
    } else {
      // One of them is to blame: each is asked for alone in the next round.
      for (const reader of group) reader.hot = true;
      this.#blockFailures += 1;
      if (this.#blockFailures >= MAX_BLOCK_FAILURES) this.#mayBlock = false;
    }
  }

  #send({ name, args }: PopCommand, blockMillis?: number): Promise<RedisReply> {
    return new Promise((resolve, reject) => {
      let late: NodeJS.Timeout | undefined;
      if (blockMillis !== undefined) {
        const patience = (this.#parts.profile.commandTimeoutMillis ?? COMMAND_TIMEOUT_MILLIS) / 2;
        const message = t`${name} was not answered in time; its connection is given up.`;
        const giveUp = () => this.#link.giveUp(new PoolError('REDIS_NO_ANSWER', message));
        late = setTimeout(giveUp, blockMillis + patience);
        late.unref();
      }
      const answered = (error: PoolError | undefined, reply: RedisReply = null) => {
        clearTimeout(late);
        if (error) reject(error);
        else resolve(reply);
      };
      this.#link.send(name, args, true, answered, blockMillis !== undefined);
    });
  }

  /** Until woken, or for so long. */
  #sleep(millis: number | undefined): Promise<void> {
    if (this.#woken || this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = millis === undefined ? undefined : setTimeout(() => this.#rouse?.(), millis);
      timer?.unref();
      this.#rouse = () => {
        clearTimeout(timer);
        this.#rouse = undefined;
        resolve();
      };
    });
  }
}

function endsOf(readers: readonly PoppingReader[]): PopEnd[] {
  return [...new Set(readers.map(({ request }) => request.end))];
}

function endOf([reader]: readonly PoppingReader[]): PopEnd {
  return reader?.request.end ?? 'left';
}

function keysOf(readers: readonly PoppingReader[]): string[] {
  return [...new Set(readers.map(({ key }) => key))];
}

function leastCount(readers: readonly PoppingReader[]): number {
  return Math.min(...readers.map(({ count }) => count));
}
