/** The checking readers of an MQTT profile: what can't work is `MQTT_INVALID_PROFILE`. */
import { CheckedReaders } from './settings-readers';

export const mqttReaders = new CheckedReaders('MQTT_INVALID_PROFILE', 'connection profile', 'pool-mqtt-profile');
