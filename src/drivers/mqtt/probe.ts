/** For a test of settings: how soon the broker answers, and what it calls itself, where it says so. */
import type { MqttClient, Packet } from 'mqtt';
import type { ConnectionContext } from '../../core/driver';
import type { MqttLink } from './mqtt-link';

/** A retained message of mosquitto, and of brokers that follow it. */
const VERSION_TOPIC = '$SYS/broker/version';
/** Not worth waiting longer for. */
const VERSION_MILLIS = 1_000;

/** @returns `server`, if the broker may be asked for it; a loss of the connection is told to the pool instead */
export async function probeBroker(
  link: MqttLink | undefined,
  { test }: ConnectionContext,
): Promise<{ server?: string }> {
  if (!link) return {};
  await roundTrip(link.client);
  test?.answered();
  const server = await versionOf(link.client);
  return server === undefined ? {} : { server };
}

/** Waits for the answer to a PINGREQ. */
function roundTrip(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    const onPacket = ({ cmd }: Packet) => {
      if (cmd !== 'pingresp') return;
      client.off('packetreceive', onPacket);
      resolve();
    };
    client.on('packetreceive', onPacket);
    client.sendPing();
  });
}

/** A broker may refuse, or even hang up: then its version stays unknown. */
function versionOf(client: MqttClient): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), VERSION_MILLIS);
    timer.unref();
    const give = (version: string | undefined) => {
      clearTimeout(timer);
      resolve(version);
    };
    client.once('close', () => give(undefined));
    client.on('message', (topic, payload) => {
      if (topic === VERSION_TOPIC) give(payload.toString().slice(0, 200));
    });
    // What is retained comes before the answer to what is asked after the subscription.
    client.subscribe(VERSION_TOPIC, { qos: 0 }, () => void roundTrip(client).then(() => give(undefined)));
  });
}
