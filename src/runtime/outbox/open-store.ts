/**
 * Opens the store of an outbox and finds what is in it. One that can't be read is set aside, whole, and a new one begun:
 * never a reason not to start, and nothing is thrown away.
 */
import { rename } from 'node:fs/promises';
import { PoolError } from '../../core/errors';
import type { Disk, OpenDisk } from './disk';
import { decodeKey } from './entry-format';
import { type EntryFacts, Ledger } from './ledger';
import { t } from '../../core/wording';

export interface OpenedStore {
  readonly disk: Disk;
  readonly ledger: Ledger;
  /** Set when the store that was there is broken. */
  readonly setAside?: SetAside;
}

export interface SetAside {
  /** Where it is now. */
  readonly folder: string;
  readonly reason: PoolError;
}

/** @throws PoolError `OUTBOX_UNAVAILABLE` when it may succeed another time */
export async function openStore(folder: string, open: OpenDisk): Promise<OpenedStore> {
  try {
    return await openAndScan(folder, open);
  } catch (thrown) {
    const reason = PoolError.from(thrown, 'OUTBOX_BROKEN');
    if (reason.code !== 'OUTBOX_BROKEN') throw reason;
    const setAside = { folder: await moveAside(folder), reason };
    return { ...(await openAndScan(folder, open)), setAside };
  }
}

/** Renames a closed store. @throws PoolError `OUTBOX_UNAVAILABLE` */
export async function moveAside(folder: string): Promise<string> {
  const aside = `${folder}.broken-${new Date().toISOString().replaceAll(':', '-')}`;
  try {
    await rename(folder, aside);
  } catch (thrown) {
    throw new PoolError('OUTBOX_UNAVAILABLE', t`The broken outbox can't be renamed to ${aside}.`, { cause: thrown });
  }
  return aside;
}

async function openAndScan(folder: string, open: OpenDisk): Promise<OpenedStore> {
  const disk = await open(folder);
  try {
    return { disk, ledger: await scan(disk) };
  } catch (thrown) {
    await disk.close();
    throw thrown;
  }
}

async function scan(disk: Disk): Promise<Ledger> {
  const ledger = new Ledger();
  for await (const keys of disk.keys()) {
    for (const key of keys) {
      const facts: EntryFacts = decodeKey(key);
      if (facts.number <= ledger.last) throw new PoolError('OUTBOX_BROKEN', t`Two entries have one number.`);
      ledger.add(facts);
    }
  }
  return ledger;
}
