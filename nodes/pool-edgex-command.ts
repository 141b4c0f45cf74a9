/** The node `pool-edgex-command`: reads and writes devices by commands over the message bus of EdgeX. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { PoolError } from '../src/core/errors';
import { closeWith } from '../src/runtime/closing';
import { EdgexCommand } from '../src/runtime/edgex/edgex-command';
import { findProfile, reportMissingProfile } from '../src/runtime/profile-lookup';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import { refuseMessages } from '../src/runtime/unusable-node';
import english from './locales/en-US/pool-edgex-command.json';

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-edgex-command', english);

  function PoolEdgexCommand(this: Node, config: NodeDef & Settings): void {
    RED.nodes.createNode(this, config);
    const controller = findProfile(RED, config, 'pool-edgex-profile');
    if (!controller) {
      const error = reportMissingProfile(this, texts);
      this.on('input', (_message, _send, done) => done(error));
      return;
    }
    let command: EdgexCommand;
    try {
      command = new EdgexCommand({ node: this, settings: config, profile: controller.open(), util: RED.util, texts });
    } catch (thrown) {
      return refuseMessages(this, PoolError.from(thrown));
    }
    this.on('input', (message, send, done) => command.input(message, send, done));
    closeWith(this, (removed) => command.close(removed));
  }

  RED.nodes.registerType('pool-edgex-command', PoolEdgexCommand);
};
