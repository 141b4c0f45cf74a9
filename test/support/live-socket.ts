/** The web socket of an editor to a real Node-RED, as far as the live feed goes. */
import assert from 'node:assert/strict';
import { WebSocket } from 'undici';
import type { LiveMessage, LiveRequest, LiveTicket } from '../../src/runtime/live/live-message';
import { LIVE_TOPIC, LiveKnowledge } from './live-watch';
import { waitFor } from './waiting';

interface Packet {
  readonly topic: string;
  readonly data: unknown;
}

export class LiveSocket {
  readonly known = new LiveKnowledge();
  /** All that came on the topic of the feed, as it came. */
  text = '';
  readonly #socket: WebSocket;
  #isIn = false;

  private constructor(socket: WebSocket, token: string | undefined) {
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (token === undefined) this.#isIn = true;
      else socket.send(JSON.stringify({ auth: token }));
    });
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data))));
  }

  /**
   * Connects and logs in, as an editor does.
   *
   * @param root the URL of the editor, with a slash at its end
   * @param token none where Node-RED has no users
   */
  static async open(root: string, token?: string): Promise<LiveSocket> {
    const live = new LiveSocket(new WebSocket(new URL('comms', root.replace('http', 'ws'))), token);
    await waitFor(() => live.#isIn, 'the web socket');
    return live;
  }

  /** Connects and watches. */
  static async watching(root: string, token?: string): Promise<LiveSocket> {
    const live = await LiveSocket.open(root, token);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(new URL('connection-pool/live', root), { method: 'POST', headers });
    assert.equal(response.status, 200);
    const { ticket, topic } = (await response.json()) as LiveTicket;
    assert.equal(topic, LIVE_TOPIC);
    live.says({ ticket });
    await waitFor(() => live.known.updates.length > 0, 'everything there is');
    return live;
  }

  says(request: LiveRequest): void {
    this.#socket.send(JSON.stringify({ topic: LIVE_TOPIC, data: request }));
  }

  close(): void {
    this.#socket.close();
  }

  #take(packets: unknown): void {
    if (!Array.isArray(packets)) {
      this.#isIn ||= (packets as { readonly auth?: unknown }).auth === 'ok';
      return;
    }
    for (const { topic, data } of packets as readonly Packet[]) {
      if (topic !== LIVE_TOPIC) continue;
      this.text += JSON.stringify(data);
      const message = data as LiveMessage;
      this.known.take(message);
      if ('seq' in message) this.says({ seen: message.seq });
    }
  }
}
