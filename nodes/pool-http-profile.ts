/** The config node `pool-http-profile`: the settings of one HTTP connection, for any number of nodes. */
import type { NodeAPI, NodeDef } from 'node-red';
import { serveAdmin } from '../src/runtime/admin/serve-admin';
import { carryMessagesOver } from '../src/runtime/hand-over/carry-over';
import { closeWith } from '../src/runtime/closing';
import type { HttpCredentials } from '../src/runtime/http/http-auth-settings';
import { HttpProfileController } from '../src/runtime/http/http-profile-controller';
import { referenceOf } from '../src/runtime/named-reference';
import { configurePool, getPool, logPoolWarnings } from '../src/runtime/process-pool';
import { findConfigNode, findTlsNode, type ProfileNode } from '../src/runtime/profile-lookup';
import { readPoolSettings, readUserDirectory } from '../src/runtime/runtime-settings';
import type { Settings } from '../src/runtime/settings-readers';
import { watchShutdown } from '../src/runtime/shutdown';
import { nodeTexts } from '../src/runtime/texts';
import english from './locales/en-US/pool-http-profile.json';

type ProfileDef = NodeDef & Settings;
type HttpProfileNode = ProfileNode<HttpProfileController, HttpCredentials>;

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-http-profile', english);
  const shutdown = watchShutdown(RED.events);
  carryMessagesOver(RED, shutdown);
  configurePool(readPoolSettings(RED.settings));
  logPoolWarnings((text) => RED.log.warn(text));
  serveAdmin(RED);

  function PoolHttpProfile(this: HttpProfileNode, config: ProfileDef): void {
    RED.nodes.createNode(this, config);
    this.controller = new HttpProfileController({
      node: this,
      settings: config,
      // Node-RED leaves `credentials` out when none were ever entered.
      credentials: (this.credentials as HttpCredentials | undefined) ?? {},
      nodes: { tls: findTlsNode(RED, config), proxy: findConfigNode(RED, config, 'proxy') },
      pool: getPool(),
      shutdown,
      texts,
      named: referenceOf(RED, this, config, 'http'),
      userDirectory: readUserDirectory(RED.settings),
    });
    closeWith(this, (removed) => this.controller.close(removed));
  }

  RED.nodes.registerType<HttpProfileNode, ProfileDef, object, HttpCredentials>('pool-http-profile', PoolHttpProfile, {
    credentials: {
      user: { type: 'text' },
      password: { type: 'password' },
      token: { type: 'password' },
      apiKey: { type: 'password' },
      clientId: { type: 'text' },
      clientSecret: { type: 'password' },
      refreshToken: { type: 'password' },
    },
  });
};
