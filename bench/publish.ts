/** Publishes from the benchmark's own process, for cases that measure no time. */
import { connectAsync } from 'mqtt';

/** Sends the payloads one after the other at QoS 1; settles when the broker has them all. */
export async function publish(port: number, topic: string, payloads: readonly string[]): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4 });
  try {
    for (const payload of payloads) await client.publishAsync(topic, payload, { qos: 1 });
  } finally {
    await client.endAsync();
  }
}
