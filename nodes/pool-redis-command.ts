/** The node `pool-redis-command`: sends commands to Redis, looks keys up, scans. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { PoolError } from '../src/core/errors';
import { closeWith } from '../src/runtime/closing';
import { findProfile, reportMissingProfile } from '../src/runtime/profile-lookup';
import { RedisCommandNode } from '../src/runtime/redis-command/redis-command-node';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import { refuseMessages } from '../src/runtime/unusable-node';
import english from './locales/en-US/pool-redis-command.json';

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-redis-command', english);

  function PoolRedisCommand(this: Node, config: NodeDef & Settings): void {
    RED.nodes.createNode(this, config);
    const profile = findProfile(RED, config, 'pool-redis-profile');
    if (!profile) {
      const error = reportMissingProfile(this, texts);
      this.on('input', (_message, _send, done) => done(error));
      return;
    }
    let command: RedisCommandNode;
    try {
      command = new RedisCommandNode({ node: this, settings: config, profile, util: RED.util, texts });
    } catch (thrown) {
      return refuseMessages(this, PoolError.from(thrown));
    }
    this.on('input', (message, send, done) => command.input(message, send, done));
    closeWith(this, (removed) => command.close(removed));
  }

  RED.nodes.registerType('pool-redis-command', PoolRedisCommand);
};
