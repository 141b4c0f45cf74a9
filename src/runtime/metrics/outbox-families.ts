/** From the open outboxes to the metrics of docs/metrics.md. */
import type { OutboxView } from '../outbox/outbox-run';
import { MAX_CONNECTIONS } from './connection-groups';
import type { Family, Labels, Sample } from './exposition';

const OTHER = 'other';

/** @param now in milliseconds since the epoch */
export function outboxFamilies(views: readonly OutboxView[], now: number): Family[] {
  const samples = (read: (view: OutboxView) => number, more: Labels = {}): Sample[] => {
    const added = new Map<string, { labels: Labels; value: number }>();
    for (const [index, view] of views.entries()) {
      const labels = { type: view.type, profile: index < MAX_CONNECTIONS ? view.profile : OTHER, ...more };
      const id = JSON.stringify(labels);
      added.set(id, { labels, value: (added.get(id)?.value ?? 0) + read(view) });
    }
    return [...added.values()];
  };
  const gauge = (name: string, help: string, read: (view: OutboxView) => number): Family => ({
    ...{ name: `connection_pool_outbox_${name}`, help, type: 'gauge' },
    samples: samples(read),
  });
  return [
    gauge('messages', 'Messages in the outbox on disk that are not delivered yet.', ({ count }) => count),
    gauge('bytes', 'What they count for in its limits.', ({ bytes }) => bytes),
    gauge('oldest_seconds', 'How long the oldest of them has waited.', ({ oldest }) =>
      oldest === undefined ? 0 : Math.max(0, now - oldest) / 1000,
    ),
    gauge('in_memory', 'Whether the outbox cannot be written, so that messages are in memory only.', ({ inMemory }) =>
      Number(inMemory),
    ),
    {
      ...{ name: 'connection_pool_outbox_messages_total', type: 'counter' },
      help: 'Messages of the outbox: added, delivered, dropped for want of room or age, and failed for good.',
      samples: (['added', 'delivered', 'dropped', 'failed'] as const).flatMap((outcome) =>
        samples((view) => view[outcome], { outcome }),
      ),
    },
  ];
}
