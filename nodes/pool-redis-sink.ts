/** The node `pool-redis-sink`: writes the messages it gets to Redis. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { PoolError } from '../src/core/errors';
import { closeWith } from '../src/runtime/closing';
import { findProfile, reportMissingProfile } from '../src/runtime/profile-lookup';
import { RedisSink } from '../src/runtime/redis-sink/redis-sink';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import { refuseMessages } from '../src/runtime/unusable-node';
import english from './locales/en-US/pool-redis-sink.json';

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-redis-sink', english);

  function PoolRedisSink(this: Node, config: NodeDef & Settings): void {
    RED.nodes.createNode(this, config);
    const profile = findProfile(RED, config, 'pool-redis-profile');
    if (!profile) {
      const error = reportMissingProfile(this, texts);
      this.on('input', (_message, _send, done) => done(error));
      return;
    }
    let sink: RedisSink;
    try {
      sink = new RedisSink({ node: this, settings: config, profile, util: RED.util, texts });
    } catch (thrown) {
      return refuseMessages(this, PoolError.from(thrown));
    }
    this.on('input', (message, send, done) => sink.input(message, send, done));
    closeWith(this, (removed) => sink.close(removed));
  }

  RED.nodes.registerType('pool-redis-sink', PoolRedisSink);
};
