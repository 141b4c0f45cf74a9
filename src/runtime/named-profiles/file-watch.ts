/**
 * Notices that files changed: at once where the system tells (inotify and the like), and within seconds where it
 * doesn't (network file systems, some containers). Replacing by rename, and the swapped links by which Kubernetes
 * mounts configuration, count as changes, too. Nothing here keeps the process alive.
 */
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface FileWatchOptions {
  /** How long the files must have been left alone before a change is told, in milliseconds. @default 100 */
  readonly settleMillis?: number;
  /** How often files are compared, in milliseconds. @default 2000 */
  readonly pollMillis?: number;
  /** Whether to rely on the system's events besides. @default true */
  readonly events?: boolean;
}

/** However often files are written to, a change is told after this time. */
const MAXIMUM_SETTLE_MILLIS = 1_000;

export class FileWatch {
  readonly #changed: () => void;
  readonly #settleMillis: number;
  readonly #events: boolean;
  readonly #pollTimer: NodeJS.Timeout;
  readonly #watchers: FSWatcher[] = [];
  #paths: readonly string[] = [];
  #signature = '';
  #settleTimer: NodeJS.Timeout | undefined;
  #unsettledSince: number | undefined;
  #comparing = false;
  #closed = false;

  /** @param changed called when one of the watched files or folders changed; must not throw */
  constructor(changed: () => void, options: FileWatchOptions = {}) {
    this.#changed = changed;
    this.#settleMillis = options.settleMillis ?? 100;
    this.#events = options.events ?? true;
    this.#pollTimer = setInterval(() => void this.#compare(), options.pollMillis ?? 2_000);
    this.#pollTimer.unref();
  }

  /**
   * Watches these files and folders from now on; they need not be there yet. What happened to new ones since the caller
   * read them is told, too: `changed` is called once more.
   */
  watch(paths: Iterable<string>): void {
    if (this.#closed) return;
    this.#paths = [...new Set(paths)].sort();
    this.#listen();
    void this.#compare();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#pollTimer);
    clearTimeout(this.#settleTimer);
    this.#stopListening();
  }

  /** Begins anew each time: a folder that was replaced is another one, though it has the same name. */
  #listen(): void {
    this.#stopListening();
    if (!this.#events) return;
    for (const folder of new Set(this.#paths.flatMap((path) => [path, dirname(path)]))) {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#soon());
        // A folder that is gone, or a system out of watches: comparing goes on.
        watcher.on('error', () => watcher.close());
        this.#watchers.push(watcher);
      } catch {
        // Not there, or not to be watched: comparing notices when it changes.
      }
    }
  }

  #stopListening(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }

  /** Once what is being written has settled. */
  #soon(): void {
    if (this.#closed) return;
    const now = Date.now();
    this.#unsettledSince ??= now;
    const patience = Math.max(0, this.#unsettledSince + MAXIMUM_SETTLE_MILLIS - now);
    clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => void this.#compare(), Math.min(this.#settleMillis, patience));
    this.#settleTimer.unref();
  }

  async #compare(): Promise<void> {
    if (this.#closed) return;
    if (this.#comparing) return this.#soon();
    this.#unsettledSince = undefined;
    this.#comparing = true;
    const signatures = await Promise.all(this.#paths.map(signatureOf));
    this.#comparing = false;
    const signature = signatures.join('\n');
    if (this.#closed || signature === this.#signature) return;
    this.#signature = signature;
    this.#listen();
    this.#changed();
  }
}

/** What changes when a file is written to or replaced, or a folder gets or loses an entry. Links are followed. */
async function signatureOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return `${path} ${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch {
    return `${path} -`;
  }
}
