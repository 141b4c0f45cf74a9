/** The node `pool-redis-script`: runs Lua scripts and functions in Redis. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { PoolError } from '../src/core/errors';
import { closeWith } from '../src/runtime/closing';
import { findProfile, reportMissingProfile } from '../src/runtime/profile-lookup';
import { RedisScriptNode } from '../src/runtime/redis-script/redis-script-node';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import { refuseMessages } from '../src/runtime/unusable-node';
import english from './locales/en-US/pool-redis-script.json';

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-redis-script', english);

  function PoolRedisScript(this: Node, config: NodeDef & Settings): void {
    RED.nodes.createNode(this, config);
    const profile = findProfile(RED, config, 'pool-redis-profile');
    if (!profile) {
      const error = reportMissingProfile(this, texts);
      this.on('input', (_message, _send, done) => done(error));
      return;
    }
    let script: RedisScriptNode;
    try {
      script = new RedisScriptNode({ node: this, settings: config, profile, util: RED.util, texts });
    } catch (thrown) {
      return refuseMessages(this, PoolError.from(thrown));
    }
    this.on('input', (message, send, done) => script.input(message, send, done));
    closeWith(this, (removed) => script.close(removed));
  }

  RED.nodes.registerType('pool-redis-script', PoolRedisScript);
};
