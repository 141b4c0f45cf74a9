/**
 * The live feed: what the runtime tells of its connections while the sidebar is shown. It begins with a ticket, ends when
 * nobody looks, and begins anew whenever the way to Node-RED was interrupted.
 */
import type { LIVE_TOPIC, LiveMessage, LiveRequest, LiveTicket, LiveUpdate } from '../../runtime/live/live-message.js';
import { ApiFailure, ask } from './api.mjs';

const TOPIC: typeof LIVE_TOPIC = 'connection-pool/live';
/** Node-RED says something every 15 s at least, and the feed every 5 s while messages come and go. */
const SILENCE_MILLIS = 22_000;
const SILENCE_WHILE_BUSY_MILLIS = 12_000;
const FIRST_ANSWER_MILLIS = 8_000;
const RETRY_MILLIS = 2_000;

export type FeedState =
  /** Nobody looks. */
  | { readonly kind: 'stopped' }
  /** The first answer isn't there yet. */
  | { readonly kind: 'starting' }
  | { readonly kind: 'live' }
  /** Node-RED can't be reached; it is tried again and again. */
  | { readonly kind: 'lost' }
  /** It won't be tried again before the user wishes so. */
  | { readonly kind: 'failed'; readonly message: string; readonly forbidden: boolean };

export interface FeedListener {
  onState(state: FeedState): void;
  /** Whether messages come or go. */
  isBusy(): boolean;
  onUpdate(update: LiveUpdate): void;
}

export class Feed {
  readonly #listener: FeedListener;
  #state: FeedState = { kind: 'stopped' };
  #open: readonly string[] = [];
  /** Tells an attempt whether it has been overtaken. */
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(listener: FeedListener) {
    this.#listener = listener;
    RED.comms.subscribe(TOPIC, (_topic, message) => this.#take(message as LiveMessage));
    RED.comms.subscribe('hb', () => this.#heard());
    RED.comms.on('connect', () => {
      if (!this.#wanted) return;
      // It had been closed, whether or not that was noticed.
      if (this.#state.kind === 'live') this.#enter({ kind: 'lost' });
      this.#begin();
    });
    window.addEventListener('offline', () => {
      if (this.#wanted) this.#lose();
    });
  }

  /** Begins, or begins anew after a failure. */
  start(): void {
    if (this.#wanted) return;
    this.#enter({ kind: 'starting' });
    this.#begin();
  }

  stop(): void {
    this.#attempt += 1;
    clearTimeout(this.#timer);
    if (this.#wanted) this.#send({ stop: true });
    this.#enter({ kind: 'stopped' });
  }

  /** The keys of the opened rows. */
  open(keys: readonly string[]): void {
    this.#open = keys;
    if (this.#state.kind === 'live') this.#send({ open: keys });
  }

  get #wanted(): boolean {
    return this.#state.kind !== 'stopped' && this.#state.kind !== 'failed';
  }

  #begin(): void {
    this.#attempt += 1;
    clearTimeout(this.#timer);
    void this.#askForTicket(this.#attempt);
  }

  async #askForTicket(attempt: number): Promise<void> {
    try {
      const { ticket } = (await ask('POST', 'live')) as LiveTicket;
      if (attempt !== this.#attempt) return;
      this.#send({ ticket, open: this.#open });
      // Then the web socket is closed, or something on the way keeps it from working.
      this.#after(FIRST_ANSWER_MILLIS, () => this.#lose());
    } catch (thrown) {
      if (attempt === this.#attempt) this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    const failure = thrown instanceof ApiFailure ? thrown : new ApiFailure(0, String(thrown));
    if (failure.status === 0 || failure.status >= 500) this.#lose();
    else this.#enter({ kind: 'failed', message: failure.message, forbidden: failure.isForbidden });
  }

  #lose(): void {
    this.#enter({ kind: 'lost' });
    this.#after(RETRY_MILLIS, () => this.#begin());
  }

  #take(message: LiveMessage): void {
    if (!this.#wanted) return;
    if ('expired' in message) {
      this.#after(RETRY_MILLIS, () => this.#begin());
      return;
    }
    // What comes before everything was told can't be put anywhere.
    if (this.#state.kind !== 'live' && !message.full) return;
    const open = this.#open;
    const wasLive = this.#state.kind === 'live';
    this.#listener.onUpdate(message);
    this.#enter({ kind: 'live' });
    this.#heard();
    this.#send({ seen: message.seq, ...(wasLive || open === this.#open ? {} : { open: this.#open }) });
  }

  /** Without another word it is asked whether Node-RED is still there. */
  #heard(): void {
    if (this.#state.kind !== 'live') return;
    const millis = this.#listener.isBusy() ? SILENCE_WHILE_BUSY_MILLIS : SILENCE_MILLIS;
    this.#after(millis, () => this.#begin());
  }

  #after(millis: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, millis);
  }

  #send(request: LiveRequest): void {
    RED.comms.send(TOPIC, request);
  }

  #enter(state: FeedState): void {
    if (this.#state.kind === state.kind) return;
    this.#state = state;
    this.#listener.onState(state);
  }
}
