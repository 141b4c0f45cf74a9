/** The config node `pool-mqtt-profile`: the settings of one MQTT connection, for any number of sources and sinks. */
import type { NodeAPI, NodeDef } from 'node-red';
import { closeWith } from '../src/runtime/closing';
import { serveAdmin } from '../src/runtime/admin/serve-admin';
import { carryMessagesOver } from '../src/runtime/hand-over/carry-over';
import { MqttProfileController } from '../src/runtime/mqtt-profile-controller';
import type { ProfileCredentials } from '../src/runtime/mqtt-profile-settings';
import { configurePool, getPool, logPoolWarnings } from '../src/runtime/process-pool';
import { referenceOf } from '../src/runtime/named-reference';
import { findTlsNode, type ProfileNode } from '../src/runtime/profile-lookup';
import { readEnvironment, readPoolSettings, readUserDirectory } from '../src/runtime/runtime-settings';
import type { Settings } from '../src/runtime/settings-readers';
import { watchShutdown } from '../src/runtime/shutdown';
import { nodeTexts } from '../src/runtime/texts';
import english from './locales/en-US/pool-mqtt-profile.json';

type ProfileDef = NodeDef & Settings;
type MqttProfileNode = ProfileNode<MqttProfileController, ProfileCredentials>;

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-mqtt-profile', english);
  const shutdown = watchShutdown(RED.events);
  carryMessagesOver(RED, shutdown);
  configurePool(readPoolSettings(RED.settings));
  logPoolWarnings((text) => RED.log.warn(text));
  serveAdmin(RED);

  function PoolMqttProfile(this: MqttProfileNode, config: ProfileDef): void {
    RED.nodes.createNode(this, config);
    this.controller = new MqttProfileController({
      node: this,
      settings: config,
      // Node-RED leaves `credentials` out when none were ever entered.
      credentials: (this.credentials as ProfileCredentials | undefined) ?? {},
      surroundings: { tlsNode: findTlsNode(RED, config), environment: readEnvironment(RED.settings) },
      pool: getPool(),
      shutdown,
      texts,
      named: referenceOf(RED, this, config, 'mqtt'),
      userDirectory: readUserDirectory(RED.settings),
    });
    closeWith(this, (removed) => this.controller.close(removed));
  }

  RED.nodes.registerType<MqttProfileNode, ProfileDef, object, ProfileCredentials>(
    'pool-mqtt-profile',
    PoolMqttProfile,
    {
      credentials: { user: { type: 'text' }, password: { type: 'password' } },
    },
  );
};
