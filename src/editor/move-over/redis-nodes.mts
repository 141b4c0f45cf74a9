/** From the nodes of node-red-contrib-redis to ours: what a flow sends and gets stays the same. */
import { type Converted, type FlowNode, parseJson, type Remark, remark, textOf, variableOf } from './flow-json.mjs';

const MODES: Readonly<Record<string, { readonly mode: string; readonly end?: string }>> = {
  blpop: { mode: 'list', end: 'left' },
  brpop: { mode: 'list', end: 'right' },
  subscribe: { mode: 'subscribe' },
  psubscribe: { mode: 'psubscribe' },
};

const PUSHES: Readonly<
  Record<string, { readonly structure: string; readonly end?: string; readonly condition?: string }>
> = {
  rpush: { structure: 'list', end: 'right' },
  lpush: { structure: 'list', end: 'left' },
  rpushx: { structure: 'list', end: 'right', condition: 'xx' },
  lpushx: { structure: 'list', end: 'left', condition: 'xx' },
  publish: { structure: 'publish' },
};

export function toRedisSource(node: FlowNode): Converted {
  const command = textOf(node['command']);
  const found = MODES[command];
  if (!found) return { impossible: remark('command', { command }) };
  return {
    type: 'pool-redis-source',
    properties: {
      ...found,
      key: textOf(node['topic']),
      // What isn't JSON is text to both of them.
      datatype: node['obj'] ? 'auto' : 'string',
      // One at a time, so that other consumers of the list get their share as before.
      ...(found.mode === 'list' ? { count: '1' } : {}),
      inputs: 0,
    },
    obstacles: [],
    remarks: node['obj'] ? [remark('jsonOrText')] : [],
  };
}

export function toRedisSink(node: FlowNode): Converted {
  const command = textOf(node['command']);
  const found = PUSHES[command];
  if (!found) return { impossible: remark('command', { command }) };
  const json = Boolean(node['obj']);
  return {
    type: 'pool-redis-sink',
    properties: {
      ...found,
      ...toKey(textOf(node['topic'])),
      value: 'payload',
      valueType: 'msg',
      // Text and bytes as they are; objects as JSON, of which that package makes `[object Object]`.
      datatype: json ? 'json' : 'auto',
      // ioredis pushes each element of an array that isn't written as JSON.
      ...(found.structure === 'list' && !json ? { arrays: 'transaction' } : {}),
      outputs: 0,
    },
    obstacles: [],
    remarks: [],
  };
}

/** The topic of the message goes before that of the node. */
function toKey(topic: string): { readonly key: string; readonly keyType: string } {
  if (topic === '') return { key: 'topic', keyType: 'msg' };
  return { key: `topic != "" ? topic : ${expressionOf(topic)}`, keyType: 'jsonata' };
}

/** Within an expression, Node-RED doesn't put the value of an environment variable in its place. */
function expressionOf(text: string): string {
  const variable = variableOf(text);
  return variable === undefined ? JSON.stringify(text) : `$env(${JSON.stringify(variable)})`;
}

/** Commands that wait at the server: on a shared connection, only on one of the node's own. */
const WAITING = new Set('BLPOP BRPOP BRPOPLPUSH BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF'.split(' '));
/** Commands that change the connection for everybody on it. */
const CHANGING = new Set([
  ...'SELECT WATCH UNWATCH MULTI EXEC DISCARD AUTH HELLO RESET QUIT READONLY READWRITE ASKING DEBUG'.split(' '),
  ...'SETNAME TRACKING CACHING NO-EVICT NO-TOUCH SETINFO'.split(' ').map((one) => `CLIENT ${one}`),
  'SCRIPT DEBUG',
]);
/** After these, a connection gives no replies to commands. */
const WITHOUT_REPLY = new Set(
  'MONITOR SYNC PSYNC REPLCONF SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE'.split(' '),
);

export function toRedisCommand(node: FlowNode): Converted {
  const command = textOf(node['command']).trim();
  const name = command.split(/\s+/)[0]?.toUpperCase() ?? '';
  if (name === '' || WITHOUT_REPLY.has(name)) return { impossible: remark('command', { command }) };
  const params = toParams(node['params']);
  const own = Boolean(node['block']);
  const waits = WAITING.has(name) || mayBlock(name, params);
  const full = `${name} ${String(textOf(node['topic']) || params[0]).toUpperCase()}`;
  const changing = [name, full].find((one) => CHANGING.has(one));
  const obstacles: Remark[] =
    !own && changing !== undefined ? [remark('changesConnection', { command: changing })] : [];
  return {
    type: 'pool-redis-command',
    properties: {
      operation: 'command',
      command,
      commandType: 'str',
      arguments: 'array',
      argsFrom: argumentsExpression(textOf(node['topic']), variableOf(node['params']) ?? params),
      argsFromType: 'jsonata',
      target: 'payload',
      datatype: 'string',
      replies: 'raw',
      outputs: 1,
      dedicated: own || waits,
    },
    obstacles,
    remarks: waits && !own ? [remark('ownConnection', { command: name })] : [],
  };
}

/** Whether it reads streams and is told to wait for entries, or is told by messages what to do. */
function mayBlock(name: string, params: readonly unknown[]): boolean {
  const words = params.map((one) => String(one).toUpperCase());
  return /^XREAD(GROUP)?$/.test(name) && (words.includes('BLOCK') || !words.includes('STREAMS'));
}

/** What isn't JSON, or stands for nothing, the node leaves out; one value that is no list is one argument. */
function toParams(value: unknown): readonly unknown[] {
  const text = textOf(value);
  const parsed = ['', '[]', '{}'].includes(text) ? undefined : parseJson(text);
  if (!parsed) return [];
  return Array.isArray(parsed) ? (parsed as unknown[]).flat(Number.POSITIVE_INFINITY) : [parsed];
}

/**
 * What that node makes of a message: the topic of the message or else of the node, then the payload; without any
 * payload, the parameters of the node. Numbers, true, and what is empty are no payload to it; null is an empty argument.
 *
 * @param params or the environment variable that holds them as JSON
 */
function argumentsExpression(topic: string, params: readonly unknown[] | string): string {
  const key = `topic != "" ? topic : ${topic === '' ? '[]' : expressionOf(topic)}`;
  const without = typeof params === 'string' ? `$eval($env(${JSON.stringify(params)}))` : JSON.stringify(params);
  return [
    '(',
    `  $key := ${key};`,
    '  $given := $type(payload) in ["string", "array", "object"] and payload != "" and payload != [] and payload != {};',
    '  $none := $not($exists(payload)) or payload = null or payload = "" or payload = 0 or payload = false;',
    `  [$map($append([$key], $given ? payload : $none ? ${without} : []), ${EMPTY_FOR_NULL})]`,
    ')',
  ].join('\n');
}

/** As ioredis writes it. */
const EMPTY_FOR_NULL = 'function($value) { $value = null ? "" : $value }';

export function toRedisScript(node: FlowNode): Converted {
  const count = Number(node['keyval']) || 0;
  const own = Boolean(node['block']);
  const rest =
    count > 0
      ? `$filter(payload, function($value, $index) { $index >= ${count} })`
      : '$exists(payload) ? [payload] : [""]';
  return {
    type: 'pool-redis-script',
    properties: {
      kind: 'script',
      script: textOf(node['func']),
      keys: Array.from({ length: Math.max(0, count) }, (_, index) => ({
        name: '',
        value: `payload[${index}]`,
        type: 'msg',
      })),
      args: [{ name: '...arguments', value: `[$map(${rest}, ${EMPTY_FOR_NULL})]`, type: 'jsonata' }],
      target: 'payload',
      datatype: 'string',
      dedicated: own,
    },
    obstacles: [],
    remarks: [],
  };
}

/** A client in the context store is not ours to give. */
export function toNothing(): Converted {
  return { impossible: remark('instance') };
}
