/** From items that were read to messages of the flow: decoded, collected into arrays if wanted, acknowledged. */
import { PoolError } from '../../core/errors';
import type { RedisItem } from '../../drivers/redis/reading';
import type { MessagesInFlow } from '../pressure/messages-in-flow';
import type { Acknowledging } from './acknowledging';
import { Batcher } from './batcher';
import type { ItemReceiver } from './reading';
import type { SourceEvents } from './source-input';
import { batchMessage, itemMessage, rawItemMessage, type SourceMessage } from './source-messages';
import type { SourceSettings } from './source-settings';

interface Decoded {
  readonly message: SourceMessage;
  readonly item: RedisItem;
}

export class FlowReceiver implements ItemReceiver {
  readonly #settings: SourceSettings;
  readonly #events: SourceEvents;
  readonly #acknowledging: Acknowledging;
  readonly #flow: MessagesInFlow<SourceMessage> | undefined;
  readonly #batcher: Batcher<Decoded> | undefined;

  /** @param flow where messages go whose number is limited */
  constructor(
    settings: SourceSettings,
    events: SourceEvents,
    acknowledging: Acknowledging,
    flow?: MessagesInFlow<SourceMessage>,
  ) {
    this.#settings = settings;
    this.#flow = flow;
    this.#events = events;
    this.#acknowledging = acknowledging;
    if (settings.batchCount > 1) {
      this.#batcher = new Batcher(settings.batchCount, settings.batchMillis, (batch) => this.#handBatch(batch));
    }
  }

  take(items: readonly RedisItem[]): void {
    for (const item of items) {
      let message: SourceMessage;
      try {
        message = itemMessage(item, this.#settings);
      } catch (thrown) {
        this.#events.error(PoolError.from(thrown), this.raw(item));
        void item.settle?.('failed');
        continue;
      }
      if (this.#batcher) this.#batcher.add({ message, item });
      else this.#acknowledging.hand(message, item);
    }
  }

  async room(): Promise<void> {
    const { request } = this.#settings;
    if (request && 'count' in request) await this.#flow?.room(request.count ?? 1);
  }

  raw(item: RedisItem): Record<string, unknown> {
    return rawItemMessage(item, this.#settings);
  }

  async close(): Promise<void> {
    // What can be delivered again is left to be; what was popped would be lost.
    const rest = this.#batcher?.take() ?? [];
    const popped = rest.filter(({ item }) => !item.settle);
    if (popped.length > 0) this.#handBatch(popped);
    for (const { item } of rest) void item.settle?.('failed');
    await this.#acknowledging.close();
  }

  #handBatch(batch: readonly Decoded[]): void {
    const message = batchMessage(
      batch.map((decoded) => decoded.message),
      this.#settings.key,
    );
    this.#acknowledging.hand(
      message,
      batch.map(({ item }) => item),
    );
  }
}
