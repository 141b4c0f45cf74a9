/** The node `pool-mqtt-sink`: publishes the messages it gets. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { PoolError } from '../src/core/errors';
import { closeWith } from '../src/runtime/closing';
import { MqttSink } from '../src/runtime/mqtt-sink';
import { findProfile, reportMissingProfile } from '../src/runtime/profile-lookup';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import { refuseMessages } from '../src/runtime/unusable-node';
import english from './locales/en-US/pool-mqtt-sink.json';

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-mqtt-sink', english);

  function PoolMqttSink(this: Node, config: NodeDef & Settings): void {
    RED.nodes.createNode(this, config);
    const profile = findProfile(RED, config, 'pool-mqtt-profile');
    if (!profile) {
      const error = reportMissingProfile(this, texts);
      this.on('input', (_message, _send, done) => done(error));
      return;
    }
    let sink: MqttSink;
    try {
      sink = new MqttSink({ node: this, settings: config, profile, util: RED.util, texts });
    } catch (thrown) {
      return refuseMessages(this, PoolError.from(thrown));
    }
    this.on('input', (message, _send, done) => sink.input(message, done));
    closeWith(this, (removed) => sink.close(removed));
  }

  RED.nodes.registerType('pool-mqtt-sink', PoolMqttSink);
};
