/** The one live feed of this process, and the route by which editors get tickets for it. */
import { t } from '../../core/wording';
import { ApiError } from '../admin/api-error';
import type { AdminRoute, AdminRuntime } from '../admin/route';
import { getPool } from '../process-pool';
import { LiveFeed } from './live-feed';
import { LIVE_TOPIC, type LiveTicket } from './live-message';

let running: LiveFeed | undefined;

/** Starts the feed, in place of that of a runtime that was started earlier in this process. */
export function serveLive({ events, nodes, settings, log }: AdminRuntime): void {
  running?.stop();
  running = undefined;
  // Without an editor there are no web sockets.
  if ((settings as { readonly disableEditor?: unknown }).disableEditor === true) return;
  const failed = (thrown: unknown) => {
    log.error(`connection-pool: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
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
