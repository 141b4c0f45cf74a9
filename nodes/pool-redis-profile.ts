/** The config node `pool-redis-profile`: the settings of one Redis connection, for any number of nodes. */
import type { NodeAPI, NodeDef } from 'node-red';
import { closeWith } from '../src/runtime/closing';
import { serveAdmin } from '../src/runtime/admin/serve-admin';
import { carryMessagesOver } from '../src/runtime/hand-over/carry-over';
import { configurePool, getPool, logPoolWarnings } from '../src/runtime/process-pool';
import { referenceOf } from '../src/runtime/named-reference';
import { findTlsNode, type ProfileNode } from '../src/runtime/profile-lookup';
import type { RedisCredentials } from '../src/runtime/redis-addresses';
import { RedisProfileController } from '../src/runtime/redis-profile-controller';
import { readPoolSettings, readUserDirectory } from '../src/runtime/runtime-settings';
import type { Settings } from '../src/runtime/settings-readers';
import { watchShutdown } from '../src/runtime/shutdown';
import { nodeTexts } from '../src/runtime/texts';
import english from './locales/en-US/pool-redis-profile.json';

type ProfileDef = NodeDef & Settings;
type RedisProfileNode = ProfileNode<RedisProfileController, RedisCredentials>;

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-redis-profile', english);
  const shutdown = watchShutdown(RED.events);
  carryMessagesOver(RED, shutdown);
  configurePool(readPoolSettings(RED.settings));
  logPoolWarnings((text) => RED.log.warn(text));
  serveAdmin(RED);

  function PoolRedisProfile(this: RedisProfileNode, config: ProfileDef): void {
    RED.nodes.createNode(this, config);
    this.controller = new RedisProfileController({
      node: this,
      settings: config,
      // Node-RED leaves `credentials` out when none were ever entered.
      credentials: (this.credentials as RedisCredentials | undefined) ?? {},
      tlsNode: findTlsNode(RED, config),
      pool: getPool(),
      shutdown,
      texts,
      named: referenceOf(RED, this, config, 'redis'),
      userDirectory: readUserDirectory(RED.settings),
    });
    closeWith(this, (removed) => this.controller.close(removed));
  }

  RED.nodes.registerType<RedisProfileNode, ProfileDef, object, RedisCredentials>(
    'pool-redis-profile',
    PoolRedisProfile,
    {
      credentials: {
        user: { type: 'text' },
        password: { type: 'password' },
        sentinelUser: { type: 'text' },
        sentinelPassword: { type: 'password' },
      },
    },
  );
};
