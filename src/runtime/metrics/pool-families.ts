/** From a snapshot of the pool to the metrics of docs/metrics.md. */
import type { ConnectionStateKind } from '../../core/connection-state';
import { LATENCY_BOUNDS_MILLIS } from '../../core/latency';
import type { ConnectionSnapshot, PoolSnapshot } from '../../core/snapshot';
import { type ConnectionGroup, groupConnections } from './connection-groups';
import { type Family, numberText, type Sample } from './exposition';

const STATES: readonly ConnectionStateKind[] = [
  'idle',
  'connecting',
  'connected',
  'waiting',
  'refused',
  'closing',
  'closed',
];

type Read = (connection: ConnectionSnapshot) => number;

export function poolFamilies({ connections }: PoolSnapshot): Family[] {
  const groups = groupConnections(connections);
  const gauge = (name: string, help: string, read: Read): Family => ({
    ...{ name: `connection_pool_${name}`, help, type: 'gauge' },
    samples: groups.map(({ labels, members }) => ({ labels, value: sum(members, read) })),
  });
  const counter = (name: string, help: string, reads: Readonly<Record<string, Read>>, label?: string): Family => ({
    ...{ name: `connection_pool_${name}_total`, help, type: 'counter' },
    samples: groups.flatMap(({ labels, members }) =>
      Object.entries(reads).map(([value, read]) => ({
        labels: label === undefined ? labels : { ...labels, [label]: value },
        value: sum(members, read),
      })),
    ),
  });
  return [
    {
      name: 'connection_pool_connections',
      help: 'Open connections of the pool.',
      type: 'gauge',
      samples: [{ labels: {}, value: connections.length }],
    },
    {
      name: 'connection_pool_connection_state',
      help: 'State of a connection: 1 for the state it is in, 0 for the others.',
      type: 'gauge',
      samples: groups.flatMap(stateSamples),
    },
    {
      name: 'connection_pool_connection_state_since_seconds',
      help: 'When the state began, in seconds since the epoch; the latest, of several.',
      type: 'gauge',
      samples: groups.map(({ labels, members }) => ({ labels, value: latestSince(members) })),
    },
    gauge('connection_paused', 'Whether an operator has paused the connection.', ({ paused }) => Number(paused)),
    gauge('connection_references', 'Nodes that use the connection.', ({ borrowers }) => borrowers.length),
    gauge('queued_messages', 'Messages or commands that wait to be sent.', ({ queued }) => queued),
    counter(
      'messages',
      'Messages or commands, by direction.',
      { in: ({ counters }) => counters.messagesIn, out: ({ counters }) => counters.messagesOut },
      'direction',
    ),
    counter(
      'bytes',
      'Bytes of payloads or arguments, by direction.',
      { in: ({ counters }) => counters.bytesIn, out: ({ counters }) => counters.bytesOut },
      'direction',
    ),
    counter(
      'errors',
      'Failed attempts to connect, losses of the connection, and messages given up.',
      {
        connect: ({ counters }) => counters.failures,
        loss: ({ counters }) => counters.losses,
        message: ({ counters }) => counters.refused,
      },
      'kind',
    ),
    counter('dropped_messages', 'Received messages that were dropped because more came than the flow could do.', {
      '': ({ counters }) => counters.dropped,
    }),
    counter('reconnects', 'How often the connection was established again.', {
      '': ({ counters }) => counters.reconnects,
    }),
    {
      name: 'connection_pool_message_duration_seconds',
      help: 'Time from sending a message or command to its being settled.',
      type: 'histogram',
      samples: groups.flatMap(latencySamples),
    },
  ];
}

function stateSamples({ labels, members }: ConnectionGroup): Sample[] {
  return STATES.map((state) => ({
    labels: { ...labels, state },
    value: members.filter(({ state: { kind } }) => kind === state).length,
  }));
}

function latestSince(members: readonly ConnectionSnapshot[]): number {
  return members.reduce((latest, { state }) => Math.max(latest, state.since), 0) / 1000;
}

function latencySamples({ labels, members }: ConnectionGroup): Sample[] {
  let cumulative = 0;
  const buckets = [...LATENCY_BOUNDS_MILLIS, Number.POSITIVE_INFINITY].map((bound, index) => {
    cumulative += sum(members, ({ latency }) => latency.counts[index] ?? 0);
    return { suffix: '_bucket', labels: { ...labels, le: numberText(bound / 1000) }, value: cumulative };
  });
  return [
    ...buckets,
    { suffix: '_sum', labels, value: sum(members, ({ latency }) => latency.sumMillis) / 1000 },
    { suffix: '_count', labels, value: cumulative },
  ];
}

function sum(members: readonly ConnectionSnapshot[], read: Read): number {
  return members.reduce((total, member) => total + read(member), 0);
}
