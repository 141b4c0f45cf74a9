/** The server of a sink: asks for a password that can be changed, and tells a client of ours what arrives. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PrivateClient } from '../../test/support/private-client';
import { Flow, USER } from '../flows';
import type { FlowNode } from '../processes/embedded-node-red';
import { RedisFlow } from '../redis/flow';
import type { Resources } from '../resources';
import type { Side, SinkKind } from './sink-run';

type Fields = Readonly<Record<string, unknown>>;

export interface SinkServer {
  readonly port: number;
  /** Tells of each number that arrives, until the server is stopped. */
  observe(received: (number: number) => void): Promise<void>;
  /** A profile and a sink with the ids of their kinds; the profile goes to this port. */
  sinkNodes(side: Side, port: number, password: string, fields: Fields): readonly FlowNode[];
  /** From now on only this password counts, and whoever came in with another is cut off. */
  changePassword(password: string): Promise<void>;
}

const WHERE = 'numbers';
const OBSERVER = { username: 'observer', password: 'observer' };
const POP_PAUSE_MILLIS = 2;
const POP_COUNT = 500;

export function startSinkServer(resources: Resources, kind: SinkKind, password: string): Promise<SinkServer> {
  return kind === 'qos0' || kind === 'qos1'
    ? startBroker(resources, kind === 'qos0' ? 0 : 1, password)
    : startRedis(resources, kind, password);
}

async function startBroker(resources: Resources, qos: 0 | 1, first: string): Promise<SinkServer> {
  const users = (password: string) => ({ [USER]: password, [OBSERVER.username]: OBSERVER.password });
  const broker = await resources.broker({ users: users(first) });
  return {
    port: broker.port,
    observe: async (received) => {
      const client = resources.teardown.closeLater(await PrivateClient.connect(broker.url, OBSERVER));
      client.client.on('message', (_topic, payload) => received(Number(payload.toString())));
      await client.subscribe(WHERE, { qos });
    },
    sinkNodes: (side, port, password, fields) =>
      new Flow(side === 'ours' ? 'pool' : 'core')
        .profile('profile', { port, version: 4, password })
        .sink('sink', 'profile', WHERE, qos, fields).nodes,
    changePassword: (password) => broker.changeUsers(users(password)),
  };
}

async function startRedis(resources: Resources, kind: 'publish' | 'rpush', first: string): Promise<SinkServer> {
  const server = await resources.redis({ password: first });
  const client = await server.client();
  let ended = false;
  resources.teardown.defer(() => {
    ended = true;
  });
  return {
    port: server.port,
    observe: async (received) => {
      if (kind === 'publish') {
        client.on('message', (_channel: string, payload: string) => received(Number(payload)));
        await client.subscribe(WHERE);
        return;
      }
      const popAll = async (): Promise<void> => {
        while (!ended) {
          for (const item of (await client.lpop(WHERE, POP_COUNT)) ?? []) received(Number(item));
          await sleep(POP_PAUSE_MILLIS);
        }
      };
      // The server goes first at the end.
      popAll().catch((error: unknown) => {
        if (!ended) console.error(error);
      });
    },
    sinkNodes: (side, port, password, fields) =>
      new RedisFlow(side === 'ours' ? 'pool' : 'peer')
        .profile('profile', { port, password })
        .sink('sink', 'profile', kind === 'rpush' ? 'list' : 'publish', WHERE, fields).nodes,
    changePassword: async (password) => {
      const operator = await server.client();
      await operator.config('SET', 'requirepass', password);
      await operator.call('CLIENT', 'KILL', 'USER', 'default');
      operator.disconnect();
    },
  };
}
