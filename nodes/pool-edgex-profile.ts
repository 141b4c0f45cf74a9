/** The config node `pool-edgex-profile`: how EdgeX messages look, and the MQTT or Redis profile that carries them. */
import type { NodeAPI, NodeDef } from 'node-red';
import { EdgexProfileController } from '../src/runtime/edgex/edgex-profile-controller';
import { findProfile, type ProfileNode } from '../src/runtime/profile-lookup';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import english from './locales/en-US/pool-edgex-profile.json';

type ProfileDef = NodeDef & Settings;

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-edgex-profile', english);

  function PoolEdgexProfile(this: ProfileNode<EdgexProfileController, object>, config: ProfileDef): void {
    RED.nodes.createNode(this, config);
    const profiles = {
      mqtt: () => findProfile(RED, { profile: config['mqttProfile'] }, 'pool-mqtt-profile'),
      redis: () => findProfile(RED, { profile: config['redisProfile'] }, 'pool-redis-profile'),
    };
    this.controller = new EdgexProfileController(config, profiles, texts);
  }

  RED.nodes.registerType('pool-edgex-profile', PoolEdgexProfile);
};
