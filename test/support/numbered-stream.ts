/** A client that publishes numbers, in order and without a pause, until it is told to stop; and the check of what came. */
import assert from 'node:assert/strict';
import { PrivateClient } from './private-client';
import type { Teardown } from './teardown';

/** How many go out per turn, and how long a turn is: 1000 a second. */
const BATCH = 5;
const TURN_MILLIS = 5;

export class NumberedStream {
  sent = 0;
  readonly #client: PrivateClient;
  readonly #topic: string;
  readonly #qos: 0 | 1 | 2;
  readonly #timer: NodeJS.Timeout;

  private constructor(client: PrivateClient, topic: string, qos: 0 | 1 | 2) {
    this.#client = client;
    this.#topic = topic;
    this.#qos = qos;
    this.#timer = setInterval(() => this.#publish(), TURN_MILLIS);
  }

  /** Begins to publish; it ends with the test at the latest. */
  static async start(teardown: Teardown, url: string, topic: string, qos: 0 | 1 | 2): Promise<NumberedStream> {
    const client = await PrivateClient.connect(url);
    const stream = new NumberedStream(client, topic, qos);
    teardown.defer(async () => {
      clearInterval(stream.#timer);
      await client.close();
    });
    return stream;
  }

  /** Publishes no more; settles when the broker has all (QoS 1 and 2). */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#client.publish(this.#topic, 'end', { qos: this.#qos });
  }

  #publish(): void {
    for (let index = 0; index < BATCH; index += 1) {
      void this.#client.publish(this.#topic, String(this.sent), { qos: this.#qos });
      this.sent += 1;
    }
  }
}

/** Asserts that the payloads are 0, 1, 2, … `count` - 1, none lost, none twice, all in order. */
export function assertComplete(payloads: readonly unknown[], count: number): void {
  const numbers = payloads.map(Number).filter((value) => !Number.isNaN(value));
  const seen = new Set(numbers);
  const lost = Array.from({ length: count }, (_value, index) => index).filter((index) => !seen.has(index));
  assert.deepEqual(lost, [], 'lost');
  assert.equal(numbers.length - seen.size, 0, 'doubled');
  const early = numbers.find((value, index) => value !== index);
  assert.equal(early, undefined, 'out of order');
}
