/** A user directory for the Node-RED that a test starts next, and what is in its outboxes. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import type { OutboxAccess } from '../../src/runtime/outbox/profile-outbox';
import type { Teardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import type { FlowUnderTest } from './node-red';

export class UserDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Names of the folders of outboxes, those set aside too. */
  get outboxes(): string[] {
    const folder = this.#outboxes;
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }

  /** A file of an outbox. */
  file(outbox: string, name: string): string {
    return join(this.#outboxes, outbox, name);
  }

  get #outboxes(): string {
    return join(this.path, 'connection-pool', 'outbox');
  }
}

/** To be called before the flow is started. */
export function useUserDirectory(teardown: Teardown): UserDirectory {
  const path = mkdtempSync(join(tmpdir(), 'user-directory-'));
  helper.settings({ userDir: path } as unknown as Parameters<typeof helper.settings>[0]);
  teardown.defer(() => {
    helper.settings({} as unknown as Parameters<typeof helper.settings>[0]);
    rmSync(path, { recursive: true, force: true });
  });
  return new UserDirectory(path);
}

/** Waits until nothing is left in the outbox of the profile node `profile`. */
export async function emptied(flow: FlowUnderTest): Promise<void> {
  const { controller } = flow.node('profile') as unknown as { controller: { outbox: OutboxAccess<unknown> } };
  await waitFor(
    () => (controller.outbox.depth?.count ?? 0) === 0,
    () => `the outbox to be empty; it has ${JSON.stringify(controller.outbox.depth)}`,
  );
}
