/**
 * A profile node of EdgeX. It has no connection: it says how messages look, and refers to the MQTT or Redis profile whose
 * connection carries them.
 */
import { PoolError } from '../../core/errors';
import type { MqttProfileController } from '../mqtt-profile-controller';
import type { RedisProfileController } from '../redis-profile-controller';
import type { Settings } from '../settings-readers';
import type { Texts } from '../texts';
import { type EdgexBus, mqttBus, redisBus } from './edgex-bus';
import { type EdgexProfileSettings, readEdgexProfile } from './edgex-profile-settings';

/** How the profile finds what it refers to; undefined when there is no such profile. */
export interface BusProfiles {
  mqtt(): MqttProfileController | undefined;
  redis(): RedisProfileController | undefined;
}

/** What a flow node of EdgeX works with. */
export interface EdgexAccess {
  readonly settings: EdgexProfileSettings;
  readonly bus: EdgexBus;
}

const MISSING = { mqtt: 'errors.no-mqtt-profile', redis: 'errors.no-redis-profile' } as const;

export class EdgexProfileController {
  readonly #settings: EdgexProfileSettings | PoolError;
  readonly #profiles: BusProfiles;
  readonly #texts: Texts;

  constructor(settings: Settings, profiles: BusProfiles, texts: Texts) {
    this.#settings = read(settings);
    this.#profiles = profiles;
    this.#texts = texts;
  }

  /** @throws PoolError `EDGEX_INVALID_PROFILE`, or `NO_PROFILE` when the profile of its bus is missing */
  open(): EdgexAccess {
    if (this.#settings instanceof PoolError) throw this.#settings;
    const bus = this.#bus(this.#settings);
    if (!bus) throw new PoolError('NO_PROFILE', this.#texts.text(MISSING[this.#settings.bus]));
    return { settings: this.#settings, bus };
  }

  #bus({ bus, qos }: EdgexProfileSettings): EdgexBus | undefined {
    if (bus === 'mqtt') {
      const profile = this.#profiles.mqtt();
      return profile && mqttBus(profile, qos);
    }
    const profile = this.#profiles.redis();
    return profile && redisBus(profile);
  }
}

function read(settings: Settings): EdgexProfileSettings | PoolError {
  try {
    return readEdgexProfile(settings);
  } catch (thrown) {
    return PoolError.from(thrown, 'EDGEX_INVALID_PROFILE');
  }
}
