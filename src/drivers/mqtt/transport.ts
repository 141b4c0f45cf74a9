/** The byte stream under an MQTT connection: TCP, TLS or WebSocket. */
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { IClientOptions, IStream, MqttClient } from 'mqtt';
import { streamBuilder as webSocketStream } from 'mqtt/lib/connect/ws';
import type { BrokerAddress } from './broker-url';
import type { MqttProfile } from './profile';
import { ProxyAgent } from './proxy-agent';

/** Opens the stream; what goes wrong with it arrives as its `error` event. */
export function openTransport(
  client: MqttClient,
  options: IClientOptions,
  broker: BrokerAddress,
  profile: MqttProfile,
): IStream {
  if (broker.webSocket) return openWebSocket(client, options, broker, profile);
  const { host, port } = broker;
  const socket = broker.secure
    ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...tlsOptions(profile) })
    : connectTcp({ host, port });
  socket.setNoDelay(true);
  return socket;
}

function openWebSocket(client: MqttClient, options: IClientOptions, broker: BrokerAddress, profile: MqttProfile): IStream {
  const { secure, host, port, path } = broker;
  const { proxy, wsHeaders } = profile;
  const tls = secure ? tlsOptions(profile) : {};
  const agent = proxy ? { agent: new ProxyAgent(proxy, secure) } : {};
  return webSocketStream(client, {
    ...options,
    protocol: secure ? 'wss' : 'ws',
    hostname: host.includes(':') ? `[${host}]` : host,
    port,
    path,
    wsOptions: { ...tls, ...agent, headers: { ...wsHeaders } },
  });
}

function tlsOptions({ tls }: MqttProfile): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tls ?? {}).filter(([, value]) => value !== undefined && value !== ''));
}
