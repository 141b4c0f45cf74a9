/** A store that fails to write, or to be opened, whenever a test wants it to. */
import { PoolError } from '../../src/core/errors';
import { type Disk, openLevel } from '../../src/runtime/outbox/disk';

export class FailingDisk {
  /** What writing fails with; undefined while it works. */
  writeError: PoolError | undefined;
  /** What reading fails with. */
  readError: PoolError | undefined;
  /** What opening fails with. */
  openError: PoolError | undefined;
  opened = 0;

  readonly open = async (folder: string): Promise<Disk> => {
    if (this.openError) throw this.openError;
    const disk = await openLevel(folder);
    this.opened += 1;
    return {
      keys: () => disk.keys(),
      write: async (...write) => {
        if (this.writeError) throw this.writeError;
        await disk.write(...write);
      },
      read: async (keys) => {
        if (this.readError) throw this.readError;
        return disk.read(keys);
      },
      close: () => disk.close(),
    };
  };
}

export function noSpace(): PoolError {
  return new PoolError('OUTBOX_UNAVAILABLE', 'IO error: 000003.log: No space left on device');
}

export function corruption(): PoolError {
  return new PoolError('OUTBOX_BROKEN', 'Corruption: block checksum mismatch');
}
