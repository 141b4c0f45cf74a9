/** Things that go wrong between Node-RED and Redis; each tells in a few words what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisOptions, RedisServer } from '../../test/support/redis-server';
import type { FlowNode } from '../processes/embedded-node-red';
import type { Resources, Subject } from '../resources';
import { RedisFlow, type RedisPackage, type RedisProfileOptions } from './flow';

export interface FaultContext {
  readonly which: RedisPackage;
  readonly resources: Resources;
  /** Folders of further packages with nodes. */
  readonly packages: readonly string[];
  readonly outageMillis: number;
}

export interface Fault {
  readonly what: string;
  /** What is to come of it; what came of it may say more. */
  readonly wanted: string;
  /** Settles with what came of it; rejects if the process ended. */
  run(context: FaultContext): Promise<string>;
}

const MESSAGES = 100;
const PATIENCE_MILLIS = 10_000;
/** The status of a node that is told that its key is not what it takes it for. */
const WRONG_KIND = /^red .*(WRONGTYPE|kind|type)/;

export const FAULTS: readonly Fault[] = [
  {
    what: 'WRONGTYPE: a push to a key that is no list',
    wanted: '1 caught',
    run: async (context) => {
      const { server, subject } = await start(context, (flow) => flow.sink('sink', 'profile', 'list', 'key'));
      await command(server, 'SET', 'key', 'text');
      await subject.call.inject('sink', '', 'item');
      return caught(subject, 1);
    },
  },
  {
    what: 'wrong password, a message waits 1 s at most',
    wanted: '1 caught',
    run: async (context) => {
      const profile = { password: 'wrong', fields: { queueMaxAgeSeconds: '1' } };
      const add = (flow: RedisFlow) => flow.sink('sink', 'profile', 'list', 'key');
      const { subject } = await start(context, add, { server: { password: 'right' }, profile });
      await subject.call.inject('sink', '', 'item');
      return caught(subject, 1);
    },
  },
  {
    what: `server down, ${MESSAGES} messages meanwhile`,
    wanted: '0 lost',
    run: async (context) => {
      const { server, subject } = await start(context, (flow) => flow.sink('sink', 'profile', 'list', 'key'));
      await server.halt();
      await injectOver(subject, context.outageMillis);
      await server.start();
      return arrived(server, subject);
    },
  },
  {
    what: `server killed, ${MESSAGES} messages around it`,
    wanted: '0 lost',
    run: async (context) => {
      const options = { server: { config: { appendonly: 'yes', appendfsync: 'always' } } };
      const { server, subject } = await start(context, (flow) => flow.sink('sink', 'profile', 'list', 'key'), options);
      const injected = injectOver(subject, 1000);
      await sleep(500);
      await server.halt('SIGKILL');
      await server.start();
      await injected;
      return arrived(server, subject);
    },
  },
  {
    what: 'deploy of one of two sinks, then a message to the other',
    wanted: '0 lost',
    run: async (context) => {
      const add = (key: string) => (flow: RedisFlow) =>
        flow.sink('changed', 'profile', 'list', key).sink('sink', 'profile', 'list', 'key');
      const { server, subject, nodes, rebuild } = await start(context, add('other'));
      await subject.call.deploy(nodes);
      await subject.call.deploy(rebuild(add('another')), 'nodes');
      await subject.call.inject('sink', '', 'item');
      return arrived(server, subject, 1);
    },
  },
  {
    what: 'a list source whose key is no list: status, errors',
    wanted: 'red, 1 caught',
    run: async (context) => {
      const { subject } = await startListOnText(context);
      const isRed = async () => (await subject.call.statuses('source')).some((status) => WRONG_KIND.test(status));
      const color = (await eventually(subject, isRed)) ? 'red' : 'green';
      return `${color}, ${await counted(subject, 'caught')} caught`;
    },
  },
  {
    what: 'the same, then the key is repaired',
    wanted: 'resumes',
    run: async (context) => {
      const { server, subject } = await startListOnText(context);
      await sleep(1000);
      await command(server, 'DEL', 'key');
      await command(server, 'RPUSH', 'key', 'item');
      return (await eventually(subject, async () => (await counted(subject, 'counter')) > 0)) ? 'resumes' : 'dead';
    },
  },
  {
    what: 'NOSCRIPT: the server has forgotten a script',
    wanted: 'result',
    run: async (context) => {
      const { server, subject } = await start(context, (flow) =>
        flow.script('script', 'profile', 'return 1', ['counter']).counter('counter'),
      );
      // The peer loads it at its start, and tells nobody when that is done.
      await sleep(1000);
      await command(server, 'SCRIPT', 'FLUSH');
      await subject.call.inject('script', '', 'argument');
      const answered = async () => (await counted(subject, 'counter')) + (await counted(subject, 'caught')) > 0;
      await eventually(subject, answered);
      return (await counted(subject, 'counter')) > 0 ? 'result' : caught(subject, 1);
    },
  },
  {
    what: 'two profiles of one name with databases 1 and 2',
    wanted: '2 databases',
    run: async (context) => {
      const add = (flow: RedisFlow, port: number) =>
        flow
          .profile('second', { port, database: 2 })
          .sink('first-sink', 'profile', 'list', 'key')
          .sink('second-sink', 'second', 'list', 'key');
      const { server, subject } = await start(context, add, { profile: { database: 1 } });
      for (const sink of ['first-sink', 'second-sink']) await subject.call.inject(sink, '', 'item');
      await sleep(1000);
      assertAlive(subject);
      const keyspace = String(await command(server, 'INFO', 'keyspace'));
      return `${keyspace.match(/^db\d+:/gm)?.length ?? 0} databases`;
    },
  },
];

interface Started {
  readonly server: RedisServer;
  readonly subject: Subject;
  readonly nodes: readonly FlowNode[];
  /** The flow anew with other nodes. */
  readonly rebuild: (add: (flow: RedisFlow) => void) => readonly FlowNode[];
}

/** A server and a flow with a profile, whatever is added, and a Catch node for all. */
async function start(
  { which, resources, packages }: FaultContext,
  add: (flow: RedisFlow, port: number) => void,
  options: { readonly server?: RedisOptions; readonly profile?: Partial<RedisProfileOptions> } = {},
): Promise<Started> {
  const server = await resources.redis(options.server);
  return startFlow(server, { which, resources, packages }, add, options.profile);
}

async function startFlow(
  server: RedisServer,
  { which, resources, packages }: Omit<FaultContext, 'outageMillis'>,
  add: (flow: RedisFlow, port: number) => void,
  profile: Partial<RedisProfileOptions> = {},
): Promise<Started> {
  const subject = await resources.nodeRed(which, { packages, silent: true });
  const build = (more: (flow: RedisFlow, port: number) => void): readonly FlowNode[] => {
    const flow = new RedisFlow(which).profile('profile', { port: server.port, ...profile });
    more(flow, server.port);
    return flow.catchAll('catch', 'caught').counter('caught').nodes;
  };
  const nodes = build(add);
  await subject.call.deploy(nodes);
  return { server, subject, nodes, rebuild: build };
}

async function startListOnText(context: FaultContext): Promise<Started> {
  const server = await context.resources.redis();
  await command(server, 'SET', 'key', 'text');
  return startFlow(server, context, (flow) =>
    flow.source('source', 'profile', 'list', 'key', ['counter']).counter('counter'),
  );
}

/** One command on a connection of its own: the server may have been down in between. */
async function command(server: RedisServer, name: string, ...args: readonly string[]): Promise<unknown> {
  const client = await server.client();
  try {
    return await client.call(name, ...args);
  } finally {
    client.disconnect();
  }
}

/** Spreads the messages over a time. */
async function injectOver(subject: Subject, millis: number): Promise<void> {
  for (let index = 0; index < MESSAGES; index += 1) {
    await subject.call.inject('sink', '', String(index));
    await sleep(millis / MESSAGES);
  }
}

/** What a Catch node was told of is not lost. */
async function arrived(server: RedisServer, subject: Subject, expected = MESSAGES): Promise<string> {
  let items = 0;
  await eventually(subject, async () => {
    items = Number(await command(server, 'LLEN', 'key'));
    return items + (await counted(subject, 'caught')) >= expected;
  });
  const errors = await counted(subject, 'caught');
  return `${expected - items - errors} lost${errors > 0 ? `, ${errors} caught` : ''}`;
}

async function caught(subject: Subject, expected: number): Promise<string> {
  await eventually(subject, async () => (await counted(subject, 'caught')) >= expected);
  return `${await counted(subject, 'caught')} caught`;
}

async function counted(subject: Subject, id: string): Promise<number> {
  return (await subject.call.counts())[id] ?? 0;
}

/** Whether it came true within a while. */
async function eventually(subject: Subject, condition: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + PATIENCE_MILLIS;
  while (Date.now() < end) {
    assertAlive(subject);
    if (await condition()) return true;
    await sleep(50);
  }
  return false;
}

function assertAlive(subject: Subject): void {
  if (subject.ended) throw new Error('Node-RED ended');
}
