/** The node `pool-edgex-sink`: publishes events to the message bus of EdgeX. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { PoolError } from '../src/core/errors';
import { closeWith } from '../src/runtime/closing';
import { EdgexSink } from '../src/runtime/edgex/edgex-sink';
import { findProfile, reportMissingProfile } from '../src/runtime/profile-lookup';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import { refuseMessages } from '../src/runtime/unusable-node';
import english from './locales/en-US/pool-edgex-sink.json';

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-edgex-sink', english);

  function PoolEdgexSink(this: Node, config: NodeDef & Settings): void {
    RED.nodes.createNode(this, config);
    const controller = findProfile(RED, config, 'pool-edgex-profile');
    if (!controller) {
      const error = reportMissingProfile(this, texts);
      this.on('input', (_message, _send, done) => done(error));
      return;
    }
    let sink: EdgexSink;
    try {
      sink = new EdgexSink({ node: this, settings: config, profile: controller.open(), util: RED.util, texts });
    } catch (thrown) {
      return refuseMessages(this, PoolError.from(thrown));
    }
    this.on('input', (message, _send, done) => sink.input(message, done));
    closeWith(this, (removed) => sink.close(removed));
  }

  RED.nodes.registerType('pool-edgex-sink', PoolEdgexSink);
};
