/** A profile node of MQTT: which settings it reads, and what a broker keeps of a session. */
import { mqttDriver } from '../drivers/mqtt/mqtt-driver';
import type { MqttProfile } from '../drivers/mqtt/profile';
import type { MqttSession } from '../drivers/mqtt/session';
import { overrideProfile } from './mqtt-profile-overrides';
import {
  type ProfileCredentials,
  type ProfileSettings,
  readProfileSettings,
  type Surroundings,
} from './mqtt-profile-settings';
import { ProfileController, type ProfileParts, type ProfileProtocol } from './profile-controller';

/** What the profile node brings along. */
export interface ProfileNodeParts extends ProfileParts {
  readonly credentials: ProfileCredentials;
  readonly surroundings: Surroundings;
}

export class MqttProfileController extends ProfileController<MqttProfile, MqttSession, ProfileSettings> {
  constructor(parts: ProfileNodeParts) {
    super(parts, mqttProtocol(parts));
  }
}

function mqttProtocol(parts: ProfileNodeParts): ProfileProtocol<MqttProfile, MqttSession, ProfileSettings> {
  let { settings, credentials } = parts;
  return {
    driver: mqttDriver,
    invalidCode: 'MQTT_INVALID_PROFILE',
    overridesField: 'broker',
    read: () => readProfileSettings(settings, credentials, parts.surroundings),
    override: (overrides) => {
      // Settings add up over several actions; user and password begin anew with those of the node.
      ({ settings, credentials } = overrideProfile(settings, parts.credentials, overrides));
    },
    // The broker keeps the subscriptions of a persistent session over a disconnection: that is what it is for.
    keeps: ({ autoUnsubscribe, profile }, when) =>
      when === 'stopped' ? !autoUnsubscribe : profile.cleanSession === false,
    connectionName: ({ profile }, address) => (profile.clientId ? `${profile.clientId}@${address}` : address),
  };
}
