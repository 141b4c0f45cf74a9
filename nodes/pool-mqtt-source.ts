/** The node `pool-mqtt-source`: receives what is published to its topic filter, or to those it is told by messages. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { closeWith } from '../src/runtime/closing';
import { isDynamic, MqttSource } from '../src/runtime/mqtt-source';
import { findProfile, reportMissingProfile } from '../src/runtime/profile-lookup';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import english from './locales/en-US/pool-mqtt-source.json';

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-mqtt-source', english);

  function PoolMqttSource(this: Node, config: NodeDef & Settings): void {
    RED.nodes.createNode(this, config);
    const profile = findProfile(RED, config, 'pool-mqtt-profile');
    if (!profile) {
      const error = reportMissingProfile(this, texts);
      this.on('input', (_message, _send, done) => done(error));
      return;
    }
    const source = new MqttSource({ RED, node: this, settings: config, profile, texts });
    if (isDynamic(config)) this.on('input', (message, send, done) => source.input(message, send, done));
    closeWith(this, (removed) => source.close(removed));
  }

  RED.nodes.registerType('pool-mqtt-source', PoolMqttSource);
};
