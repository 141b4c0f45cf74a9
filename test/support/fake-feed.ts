/** The runtime's side of the live feed, played by a test: for what no real connections would do at the right time. */
import type { Page, WebSocketRoute } from 'playwright-core';
import type { LiveDetails, LiveRequest, LiveRow, LiveUpdate } from '../../src/runtime/live/live-message';
import { LIVE_TOPIC } from '../../src/runtime/live/live-message';

interface CommsMessage {
  readonly topic?: string;
  readonly data?: LiveRequest;
}

export class FakeFeed {
  /** What the editor has sent, the oldest first. */
  readonly requests: LiveRequest[] = [];
  /** What `POST connection-pool/live` answers. */
  status = 200;
  #rows: readonly LiveRow[] = [];
  #details: (key: string) => LiveDetails = emptyDetails;
  #socket: WebSocketRoute | undefined;
  #sequence = 0;

  /** Whoever begins to watch is told of these rows, and of the details when it opens one. */
  tellsOf(rows: readonly LiveRow[], details: (key: string) => LiveDetails = emptyDetails): void {
    this.#rows = rows;
    this.#details = details;
  }

  send(update: Partial<LiveUpdate>): number {
    this.#sequence += 1;
    const data = { seq: this.#sequence, now: Date.now(), rows: [], gone: [], details: [], ...update };
    this.#socket?.send(JSON.stringify([{ topic: LIVE_TOPIC, data }]));
    return this.#sequence;
  }

  /** To be called before the editor is loaded. */
  async play(page: Page): Promise<void> {
    await page.routeWebSocket(/\/comms$/, (socket) => {
      const server = socket.connectToServer();
      this.#socket = socket;
      socket.onMessage((text) => {
        const { topic, data } = JSON.parse(String(text)) as CommsMessage;
        if (topic === LIVE_TOPIC && data) this.#answer(data);
        else server.send(text);
      });
      server.onMessage((text) => socket.send(text));
    });
    await page.route('**/connection-pool/live', (route) => {
      return this.status === 200
        ? route.fulfill({ json: { ticket: 'a ticket', topic: LIVE_TOPIC } })
        : route.fulfill({ status: this.status, json: { error: { code: 'REFUSED', message: 'It is refused.' } } });
    });
  }

  #answer(request: LiveRequest): void {
    this.requests.push(request);
    if (request.ticket !== undefined) this.send({ full: true, rows: this.#rows });
    if (request.open && request.open.length > 0) this.send({ details: request.open.map(this.#details) });
  }
}

/** A row in which all is well, named `Broker <index>`. */
export function liveRow(index: number, parts: Partial<LiveRow> = {}): LiveRow {
  return {
    key: `mqtt-${index}`,
    type: 'mqtt',
    address: `mqtt://broker-${index}.example:1883`,
    state: 'connected',
    since: Date.now() - index * 60_000,
    paused: false,
    dedicated: false,
    keepOpen: false,
    nodes: 10,
    profiles: [{ id: `profile-${index}`, name: `Broker ${index}` }],
    rates: { messagesIn: index, messagesOut: 1, bytesIn: 100 * index, bytesOut: 100 },
    history: Array.from({ length: 60 }, (_, at) => (at + index) % 17),
    reconnects: 0,
    queued: 0,
    ...parts,
  };
}

export function emptyDetails(key: string): LiveDetails {
  return { key, nodes: [], subscriptions: [], queues: [] };
}
