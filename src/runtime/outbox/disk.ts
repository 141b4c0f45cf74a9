/** The store under an outbox: LevelDB in a folder of its own. The only file that knows which database it is. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';
import { PoolError } from '../../core/errors';
import { t } from '../../core/wording';

export interface Put {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** An open store. Everything it throws is a `PoolError`: `OUTBOX_BROKEN`, or `OUTBOX_UNAVAILABLE` for what may pass. */
export interface Disk {
  /** All keys, in order, some at a time. */
  keys(): AsyncIterable<readonly Uint8Array[]>;
  /** @param safe settles when it would survive a power failure */
  write(puts: readonly Put[], deletes: readonly Buffer[], safe: boolean): Promise<void>;
  read(keys: readonly Buffer[]): Promise<(Uint8Array | undefined)[]>;
  close(): Promise<void>;
}

export type OpenDisk = (folder: string) => Promise<Disk>;

const KEYS_AT_A_TIME = 1_000;
/** What the system or its user can mend, and what is wrong with the store is not. */
const PASSING = /no space|disk full|quota|permission|denied|read-only|too many open|input\/output|not permitted/i;
const PASSING_CODES: ReadonlySet<unknown> = new Set(
  'LEVEL_LOCKED ENOSPC EDQUOT EACCES EPERM EROFS EMFILE ENFILE EIO ENOTDIR EEXIST ENAMETOOLONG'.split(' '),
);

/** @throws PoolError `OUTBOX_BROKEN`, `OUTBOX_UNAVAILABLE` */
export async function openLevel(folder: string): Promise<Disk> {
  refuseHeadless(folder);
  const level = new ClassicLevel<Uint8Array, Uint8Array>(folder, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    // Payloads are small or packed already; this is about the time it takes.
    compression: false,
  });
  await asPoolError(async () => {
    await mkdir(folder, { recursive: true });
    await level.open();
  });
  return {
    keys: () => keysOf(level),
    write: (puts, deletes, safe) =>
      asPoolError(async () => {
        // A chained batch costs the main thread a tenth of what an array of operations does.
        const batch = level.batch();
        for (const { key, value } of puts) batch.put(key, value);
        for (const key of deletes) batch.del(key);
        await batch.write({ sync: safe });
      }),
    read: (keys) => asPoolError(() => level.getMany([...keys], { fillCache: false })),
    close: () => asPoolError(() => level.close()),
  };
}

/** Takes a closed store away. */
export async function removeDisk(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

async function* keysOf(level: ClassicLevel<Uint8Array, Uint8Array>): AsyncIterable<readonly Uint8Array[]> {
  const iterator = level.keys({ fillCache: false });
  try {
    for (;;) {
      const keys = await asPoolError(() => iterator.nextv(KEYS_AT_A_TIME));
      if (keys.length === 0) return;
      yield keys;
    }
  } finally {
    await iterator.close();
  }
}

/** LevelDB would begin a new store in a folder that has lost its file CURRENT, and delete what is there. */
function refuseHeadless(folder: string): void {
  if (!existsSync(folder) || existsSync(`${folder}/CURRENT`)) return;
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (thrown) {
    throw storeError(thrown);
  }
  if (names.some((name) => /^MANIFEST-|\.(ldb|sst|log)$/.test(name))) {
    throw new PoolError('OUTBOX_BROKEN', t`The file CURRENT of the outbox is missing.`);
  }
}

async function asPoolError<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    throw storeError(thrown);
  }
}

function storeError(thrown: unknown): PoolError {
  const reasons: Error[] = [];
  for (let error = thrown; error instanceof Error && reasons.length < 5; error = error.cause) reasons.push(error);
  const codes = reasons.map((reason) => ('code' in reason ? reason.code : undefined));
  const why = reasons.at(-1)?.message ?? String(thrown);
  const passing = codes.some((code) => PASSING_CODES.has(code)) || PASSING.test(why);
  if (codes.includes('LEVEL_LOCKED')) {
    return new PoolError('OUTBOX_UNAVAILABLE', t`Another process uses the outbox.`, { cause: thrown });
  }
  return new PoolError(passing ? 'OUTBOX_UNAVAILABLE' : 'OUTBOX_BROKEN', why, { cause: thrown });
}
