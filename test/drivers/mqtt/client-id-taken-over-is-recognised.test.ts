import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('a client id somebody else uses', () => {
  const teardown = useTeardown();

  for (const version of [4, 5] as const) {
    it(`is recognised and said (${version})`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const clientId = uniqueId('fought-over');
      const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: version, clientId });
      const codes: string[] = [];
      node.lease.onState((state) => {
        if (state.kind === 'waiting' || state.kind === 'refused') codes.push(state.error.code);
      });
      await node.lease.connect();
      const rival = await PrivateClient.connect(broker.url, {
        protocolVersion: version,
        clientId,
        reconnectPeriod: 20,
      });
      teardown.closeLater(rival);
      await waitFor(
        () => codes.includes('MQTT_CLIENT_ID_TAKEN'),
        () => `the fight to be seen; seen: ${codes.join(' ')}`,
      );
    });
  }
});
