/** The node `pool-redis-source`: sends what is published, or what it reads from lists, sorted sets and streams. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { closeWith } from '../src/runtime/closing';
import { findProfile, reportMissingProfile } from '../src/runtime/profile-lookup';
import { RedisSource } from '../src/runtime/redis-source/redis-source';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import english from './locales/en-US/pool-redis-source.json';

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-redis-source', english);

  function PoolRedisSource(this: Node, config: NodeDef & Settings): void {
    RED.nodes.createNode(this, config);
    const profile = findProfile(RED, config, 'pool-redis-profile');
    if (!profile) {
      const error = reportMissingProfile(this, texts);
      this.on('input', (_message, _send, done) => done(error));
      return;
    }
    const source = new RedisSource({ RED, node: this, settings: config, profile, texts });
    this.on('input', (message, send, done) => source.input(message, send, done));
    closeWith(this, (removed) => source.close(removed));
  }

  RED.nodes.registerType('pool-redis-source', PoolRedisSource);
};
