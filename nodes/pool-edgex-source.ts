/** The node `pool-edgex-source`: sends the events that come over the message bus of EdgeX. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { PoolError } from '../src/core/errors';
import { closeWith } from '../src/runtime/closing';
import { EdgexSource } from '../src/runtime/edgex/edgex-source';
import { findProfile, reportMissingProfile } from '../src/runtime/profile-lookup';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import { refuseMessages } from '../src/runtime/unusable-node';
import english from './locales/en-US/pool-edgex-source.json';

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-edgex-source', english);

  function PoolEdgexSource(this: Node, config: NodeDef & Settings): void {
    RED.nodes.createNode(this, config);
    const controller = findProfile(RED, config, 'pool-edgex-profile');
    if (!controller) {
      reportMissingProfile(this, texts);
      return;
    }
    let source: EdgexSource;
    try {
      source = new EdgexSource({ node: this, settings: config, profile: controller.open(), texts });
    } catch (thrown) {
      return refuseMessages(this, PoolError.from(thrown));
    }
    closeWith(this, (removed) => source.close(removed));
  }

  RED.nodes.registerType('pool-edgex-source', PoolEdgexSource);
};
