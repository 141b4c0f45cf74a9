/** Flows with everything that could get lost on the way: groups, subflows, junctions, links, disabled and locked flows. */
import type { FlowNode } from './own-node-red';

/** A broker as the editor makes one. */
export function broker(id: string, port: number, more: object = {}): FlowNode {
  return {
    id,
    type: 'mqtt-broker',
    name: '',
    broker: '127.0.0.1',
    port: String(port),
    tls: '',
    clientid: '',
    autoConnect: true,
    usetls: false,
    protocolVersion: '5',
    keepalive: '60',
    cleansession: true,
    autoUnsubscribe: true,
    ...lifecycle('birth'),
    ...lifecycle('close'),
    ...lifecycle('will'),
    userProps: '',
    sessionExpiry: '',
    ...more,
  };
}

function lifecycle(kind: string): object {
  const names = { Topic: '', Qos: '0', Retain: 'false', Payload: '', Msg: {} };
  return Object.fromEntries(Object.entries(names).map(([name, value]) => [`${kind}${name}`, value]));
}

export function mqttIn(id: string, z: string, brokerId: string, more: object = {}): FlowNode {
  const settings = { topic: `${id}/+`, qos: '1', datatype: 'json', nl: false, rap: true, rh: 0, inputs: 0 };
  return { id, type: 'mqtt in', z, name: '', ...settings, broker: brokerId, x: 150, y: 100, wires: [[]], ...more };
}

export function mqttOut(id: string, z: string, brokerId: string, more: object = {}): FlowNode {
  const v5 = { respTopic: '', contentType: '', userProps: '', correl: '', expiry: '' };
  const settings = { topic: `${id}/out`, qos: '1', retain: 'false', ...v5 };
  return { id, type: 'mqtt out', z, name: '', ...settings, broker: brokerId, x: 550, y: 100, wires: [], ...more };
}

const tab = (id: string, more: object = {}): FlowNode => ({
  id,
  type: 'tab',
  label: id,
  disabled: false,
  info: '',
  env: [],
  ...more,
});

const plain = (id: string, type: string, z: string, more: object): FlowNode => ({
  id,
  type,
  z,
  x: 350,
  y: 100,
  ...more,
});

/** Two brokers alike, one of another port, and nodes of all of them everywhere. */
export function richFlows(port: number): FlowNode[] {
  return [
    tab('first'),
    tab('second', { disabled: true, env: [{ name: 'A', value: 'b', type: 'str' }] }),
    tab('shut', { locked: true }),
    {
      id: 'template',
      type: 'subflow',
      name: 'template',
      info: '',
      category: '',
      in: [{ x: 50, y: 40, wires: [{ id: 'sub-out' }] }],
      out: [
        {
          x: 600,
          y: 40,
          wires: [
            { id: 'sub-function', port: 0 },
            { id: 'sub-in', port: 0 },
          ],
        },
      ],
      env: [],
      meta: {},
      color: '#DDAA99',
    },
    {
      ...plain('group', 'group', 'first', {
        style: { label: true },
        name: 'grouped',
        nodes: ['in-1', 'out-1', 'inner'],
      }),
      ...{ x: 44, y: 59, w: 602, h: 200 },
    },
    {
      ...plain('inner', 'group', 'first', { style: {}, name: '', nodes: ['out-2'] }),
      ...{ x: 464, y: 179, w: 172, h: 82, g: 'group' },
    },
    mqttIn('in-1', 'first', 'b-1', {
      g: 'group',
      name: 'readings',
      info: '# What it is for',
      wires: [['function', 'junction', 'debug']],
      outputLabels: ['reading'],
    }),
    mqttOut('out-1', 'first', 'b-1', { g: 'group', retain: 'true', qos: '2', l: false }),
    mqttOut('out-2', 'first', 'b-2', { g: 'inner', x: 550, y: 220, d: true, icon: 'font-awesome/fa-heart' }),
    plain('junction', 'junction', 'first', { x: 300, y: 160, wires: [['out-2', 'out-1']] }),
    plain('function', 'function', 'first', { ...functionOf('return msg'), wires: [['out-1', 'link-out', 'out-2']] }),
    plain('debug', 'debug', 'first', {
      name: '',
      active: true,
      tosidebar: true,
      console: false,
      tostatus: false,
      complete: 'payload',
      targetType: 'msg',
      statusVal: '',
      statusType: 'auto',
      x: 550,
      y: 300,
      wires: [],
    }),
    plain('link-out', 'link out', 'first', { name: '', mode: 'link', links: ['link-in'], x: 455, y: 340, wires: [] }),
    plain('link-in', 'link in', 'second', { name: '', links: ['link-out'], x: 155, y: 100, wires: [['out-3']] }),
    mqttOut('out-3', 'second', 'b-3', { topic: '', qos: '', retain: '' }),
    mqttIn('dynamic', 'second', 'b-3', { topic: '', inputs: 1, y: 200 }),
    plain('feed', 'function', 'second', { ...functionOf('return msg'), y: 260, wires: [['dynamic']] }),
    mqttIn('sub-in', 'template', 'b-1', { wires: [['sub-function']] }),
    mqttOut('sub-out', 'template', 'b-1'),
    plain('sub-function', 'function', 'template', { ...functionOf('return msg'), wires: [[]] }),
    plain('instance', 'subflow:template', 'first', { name: '', x: 350, y: 400, wires: [['out-1']] }),
    mqttIn('shut-in', 'shut', 'b-4'),
    broker('b-1', port, { name: 'one' }),
    broker('b-2', port, { name: 'two' }),
    broker('b-3', port + 1, { willTopic: 'gone', willQos: '1' }),
    broker('b-4', port + 2),
    {
      id: 'tls',
      type: 'tls-config',
      name: '',
      cert: '',
      key: '',
      ca: '',
      certname: '',
      keyname: '',
      caname: '',
      servername: '',
      verifyservercert: true,
      alpnprotocol: '',
    },
  ];
}

function functionOf(func: string): object {
  return { name: '', func, outputs: 1, timeout: 0, noerr: 0, initialize: '', finalize: '', libs: [] };
}
