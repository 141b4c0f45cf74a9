/** What the nodes are measured against: the client library alone. */
import { connectAsync } from 'mqtt';
import type { ProtocolVersion, Qos } from './mqtt-bytes';

export interface EchoOptions {
  readonly port: number;
  readonly version: ProtocolVersion;
  readonly qos: Qos;
  readonly clientId: string;
  readonly topic: string;
  readonly echoTopic: string;
}

export class BareClient {
  async echo({ port, version, qos, clientId, topic, echoTopic }: EchoOptions): Promise<void> {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId, protocolVersion: version });
    client.on('message', (_topic, payload) => {
      client.publish(echoTopic, payload, { qos });
    });
    await client.subscribeAsync(topic, { qos });
  }
}
