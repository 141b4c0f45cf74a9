/** The one live feed of this process, and the route by which editors get tickets for it. */
import { t } from '../../core/wording';
import { ApiError } from '../admin/api-error';
import type { AdminRoute, AdminRuntime } from '../admin/route';
import { getPool } from '../process-pool';
import { LiveFeed } from './live-feed';
import { LIVE_TOPIC, type LiveTicket } from './live-message';

/** Different mistakes that are logged, at most. */
const MOST_FAILURES = 20;

let running: LiveFeed | undefined;

/** Starts the feed, in place of that of a runtime that was started earlier in this process. */
export function serveLive({ events, nodes, settings, log }: AdminRuntime): void {
  running?.stop();
  running = undefined;
  // Without an editor there are no web sockets.
  if ((settings as { readonly disableEditor?: unknown }).disableEditor === true) return;
  const told = new Set<string>();
  const failed = (thrown: unknown) => {
    const text = thrown instanceof Error ? String(thrown.stack) : String(thrown);
    // It may come again with every tick.
    if (told.has(text) || told.size >= MOST_FAILURES) return;
    told.add(text);
    log.error(`connection-pool: ${text}`);
  };
  running = new LiveFeed({ pool: getPool(), events, nodes, failed });
  running.start();
}

export function liveRoutes(): readonly AdminRoute[] {
  return [
    {
      method: 'post',
      path: '/live',
      permission: 'connection-pool.read',
      answer: () => {
        const ticket = running?.ticket();
        if (ticket === undefined) {
          throw new ApiError(
            409,
            'LIVE_UNAVAILABLE',
            t`There is no editor to watch with: disableEditor is set in settings.js; remove it there.`,
          );
        }
        return { body: { ticket, topic: LIVE_TOPIC } satisfies LiveTicket };
      },
    },
  ];
}
