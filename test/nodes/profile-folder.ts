/** A folder of named profiles for the Node-RED that a test starts next. */
import helper from 'node-red-node-test-helper';
import type { NamedProfiles } from '../../src/runtime/named-profiles/named-profiles';
import { startNamedProfiles } from '../../src/runtime/named-profiles/start';
import { ProfileFolder } from '../support/profile-folder';
import type { Teardown } from '../support/teardown';

const { events } = require('@node-red/util') as { events: NodeJS.EventEmitter };

export class RuntimeProfileFolder extends ProfileFolder {
  /** As the runtime has them. */
  settings: object = {};

  /** The registry of the runtime. */
  profiles(): NamedProfiles {
    const ignore = () => undefined;
    return startNamedProfiles({
      events,
      settings: this.settings,
      log: { info: ignore, warn: ignore, error: ignore },
    });
  }
}

/** To be called before the flow is started. */
export function useProfileFolder(teardown: Teardown, connectionPool?: unknown): RuntimeProfileFolder {
  const folder = new RuntimeProfileFolder(teardown);
  folder.settings = { userDir: folder.userDirectory, ...(connectionPool === undefined ? {} : { connectionPool }) };
  helper.settings(folder.settings as unknown as Parameters<typeof helper.settings>[0]);
  teardown.defer(() => {
    folder.profiles().close();
    helper.settings({} as unknown as Parameters<typeof helper.settings>[0]);
  });
  return folder;
}
