/** A profile node of MQTT: which settings it reads, and what a broker keeps of a session. */
import { mqttDriver } from '../drivers/mqtt/mqtt-driver';
import type { MqttProfile } from '../drivers/mqtt/profile';
import type { MqttSession } from '../drivers/mqtt/session';
import { type MqttJob, mqttOutboxProtocol } from './outbox/mqtt-protocol';
import { ProfileOutbox } from './outbox/profile-outbox';
import type { GivenSettings } from './named-reference';
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
  /** Where the outbox is; undefined if there is no place for it. */
  readonly userDirectory?: string | undefined;
}

export class MqttProfileController extends ProfileController<MqttProfile, MqttSession, ProfileSettings> {
  readonly outbox: ProfileOutbox<MqttSession, MqttJob>;

  constructor(parts: ProfileNodeParts) {
    super(parts, mqttProtocol(parts));
    const { node, userDirectory } = parts;
    this.outbox = new ProfileOutbox({ node, profile: this, protocol: mqttOutboxProtocol, userDirectory });
  }

  override async close(removed = false): Promise<void> {
    await Promise.all([this.outbox.close(removed), super.close(removed)]);
  }
}

function mqttProtocol(parts: ProfileNodeParts): ProfileProtocol<MqttProfile, MqttSession, ProfileSettings> {
  let overridden: Pick<GivenSettings<ProfileCredentials>, 'settings' | 'credentials'> | undefined;
  return {
    driver: mqttDriver,
    invalidCode: 'MQTT_INVALID_PROFILE',
    overridesField: 'broker',
    read: (named) => {
      const { settings, credentials } = overridden ?? named ?? parts;
      const surroundings = named ? { ...parts.surroundings, tlsNode: named.tlsNode } : parts.surroundings;
      return readProfileSettings(settings, credentials, surroundings);
    },
    override: (overrides, named) => {
      // Settings add up over several actions; user and password begin anew with those of the profile.
      const given = named ?? parts;
      overridden = overrideProfile((overridden ?? given).settings, given.credentials, overrides);
    },
    reset: () => {
      overridden = undefined;
    },
    // The broker keeps the subscriptions of a persistent session over a disconnection: that is what it is for.
    keeps: ({ autoUnsubscribe, profile }, when) =>
      when === 'stopped' ? !autoUnsubscribe : profile.cleanSession === false,
    connectionName: ({ profile }, address) => (profile.clientId ? `${profile.clientId}@${address}` : address),
  };
}
