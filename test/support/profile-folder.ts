/** A user directory with a folder of named profiles, for one test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NamedProfiles, type NamedProfilesOptions } from '../../src/runtime/named-profiles/named-profiles';
import type { Teardown } from './teardown';

export class ProfileFolder {
  readonly userDirectory = mkdtempSync(join(tmpdir(), 'profiles-'));
  /** What the registries logged, `level: text`. */
  readonly log: string[] = [];
  readonly #teardown: Teardown;

  constructor(teardown: Teardown) {
    this.#teardown = teardown;
    teardown.defer(() => rmSync(this.userDirectory, { recursive: true, force: true }));
  }

  /** The path of a file in the folder of profiles. */
  path(name: string): string {
    return join(this.userDirectory, 'connections', name);
  }

  /** Writes a file of the folder, in place. */
  write(name: string, text: string): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** A registry that reads the folder; closed after the test. */
  open(options: Partial<NamedProfilesOptions> = {}): NamedProfiles {
    const enter = (level: string) => (text: string) => void this.log.push(`${level}: ${text}`);
    return this.#teardown.closeLater(
      new NamedProfiles({
        location: undefined,
        userDirectory: this.userDirectory,
        environment: {},
        log: { info: enter('info'), warn: enter('warn'), error: enter('error') },
        ...options,
      }),
    );
  }
}
