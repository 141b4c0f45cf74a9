/** The byte stream under an MQTT connection: TCP, TLS or WebSocket. */
import { connect as connectTcp, isIP, type NetConnectOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { IClientOptions, IStream, MqttClient } from 'mqtt';
import { streamBuilder as webSocketStream } from 'mqtt/lib/connect/ws';
import type { BrokerAddress } from './broker-url';
import type { MqttProfile } from './profile';
import { ProxyAgent } from './proxy-agent';

/** How much the socket buffers before the rest waits in the queue; the 16 KiB of Node.js are a few dozen messages. */
const WRITE_BUFFER_BYTES = 64 * 1024;

export interface Transport {
  /** What mqtt.js reads and writes; what goes wrong arrives as its `error` event. */
  readonly stream: IStream;
  /** The TCP or TLS socket under it, as soon as there is one. */
  readonly socket: () => Socket | undefined;
}

/** What may answer CONNECT: CONNACK; DISCONNECT and AUTH (MQTT 5.0, 3.14 and 3.15). */
const ANSWERS: ReadonlySet<number | undefined> = new Set([0x20, 0xe0, 0xf0]);

/** @param opening told of the socket, before it is connected unless it goes through a tunnel */
export function openTransport(
  client: MqttClient,
  options: IClientOptions,
  broker: BrokerAddress,
  profile: MqttProfile,
  opening: (socket: Socket) => void,
): Transport {
  const transport = broker.webSocket
    ? openWebSocket(client, options, broker, profile, opening)
    : openPlain(broker, profile, opening);
  endUnlessMqtt(transport.stream);
  return transport;
}

/** mqtt.js takes the greeting of another protocol for the beginning of a long packet, and would wait for the rest. */
function endUnlessMqtt(stream: IStream): void {
  stream.once('data', (bytes: Buffer) => {
    if (!ANSWERS.has(bytes[0])) stream.destroy(new Error('Invalid answer to CONNECT'));
  });
}

function openPlain(broker: BrokerAddress, profile: MqttProfile, opening: (socket: Socket) => void): Transport {
  const socket = openSocket(broker, profile);
  opening(socket);
  return { stream: socket, socket: () => socket };
}

function openSocket({ secure, host, port }: BrokerAddress, profile: MqttProfile): Socket {
  const socket = secure
    ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...tlsOptions(profile) })
    : connectTcp({ host, port, writableHighWaterMark: WRITE_BUFFER_BYTES } as NetConnectOpts);
  socket.setNoDelay(true);
  return socket;
}

function openWebSocket(
  client: MqttClient,
  options: IClientOptions,
  broker: BrokerAddress,
  profile: MqttProfile,
  opening: (socket: Socket) => void,
): Transport {
  const { secure, host, port, path } = broker;
  const { proxy, wsHeaders } = profile;
  let socket: Socket | undefined;
  const keep = (opened: Socket) => {
    socket = opened;
    opening(opened);
    return opened;
  };
  const route = proxy
    ? { agent: new ProxyAgent(proxy, secure, tlsOptions(profile), keep) }
    : { createConnection: () => keep(openSocket(broker, profile)) };
  const stream = webSocketStream(client, {
    ...options,
    protocol: secure ? 'wss' : 'ws',
    hostname: host.includes(':') ? `[${host}]` : host,
    port,
    path,
    wsOptions: { ...route, headers: { ...wsHeaders } },
  });
  return { stream, socket: () => socket };
}

function tlsOptions({ tls }: MqttProfile): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tls ?? {}).filter(([, value]) => value !== undefined && value !== ''));
}
