/** The node `pool-status`: tells of each change of state of chosen connections, or of all. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { closeWith } from '../src/runtime/closing';
import { serveAdmin } from '../src/runtime/admin/serve-admin';
import { PoolStatus, type ToldStates } from '../src/runtime/pool-status/pool-status';
import { WatchedProfiles, type WatchedRuntime } from '../src/runtime/pool-status/watched-profiles';
import { getPool } from '../src/runtime/process-pool';
import { reportMissingProfile } from '../src/runtime/profile-lookup';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import english from './locales/en-US/pool-status.json';

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-status', english);
  serveAdmin(RED);
  /** By the ids of nodes that a deploy has stopped. */
  const told = new Map<string, ToldStates>();

  function PoolStatusNode(this: Node, config: NodeDef & Settings): void {
    RED.nodes.createNode(this, config);
    const all = config['scope'] !== 'chosen';
    const runtime: WatchedRuntime = {
      eachNode: (visit) => RED.nodes.eachNode(visit),
      getNode: (id) => RED.nodes.getNode(id) as Node | null,
    };
    const profiles = all ? undefined : new WatchedProfiles(config['profiles'], runtime, this.z);
    if (profiles?.isEmpty) {
      const error = reportMissingProfile(this, texts);
      this.on('input', (_message, _send, done) => done(error));
      return;
    }
    const status = new PoolStatus({
      node: this,
      settings: config,
      pool: getPool(),
      texts,
      events: RED.events,
      profiles,
      before: told.get(this.id),
      nameOf: (id) => (RED.nodes.getNode(id) as Node | null)?.name,
    });
    this.on('input', (message, send, done) => {
      status.input(message, send, (original) => RED.util.cloneMessage(original));
      done();
    });
    told.delete(this.id);
    closeWith(this, async (removed) => {
      const states = status.close();
      if (!removed) told.set(this.id, states);
    });
  }

  RED.nodes.registerType('pool-status', PoolStatusNode);
};
