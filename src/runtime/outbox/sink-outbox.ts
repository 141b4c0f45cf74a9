/** A sink's side of the outbox of its profile: what it adds, and what it shows and tells of it. */
import type { Node, NodeMessage, NodeStatus } from 'node-red';
import { PoolError } from '../../core/errors';
import { stableKey } from '../hand-over/stable-key';
import type { Texts } from '../texts';
import { sinkMark } from './entry-format';
import type { OutboxAccess, OutboxUser } from './profile-outbox';
import type { SinkOutboxSettings } from './settings';
import { t } from '../../core/wording';

export interface SinkOutboxParts<Job> {
  readonly node: Node;
  /** Of the profile; undefined if it has none. */
  readonly outbox: OutboxAccess<Job> | undefined;
  readonly settings: SinkOutboxSettings;
  /** Those of the profile, with the keys `status.outbox…`. */
  readonly texts: Texts;
  /** Told when `status` or `count` may have another answer, as often as it likes. */
  readonly changed: () => void;
}

export class SinkOutbox<Job> implements OutboxUser {
  readonly mark: number;
  readonly #parts: SinkOutboxParts<Job>;
  readonly #id: string;
  #detach: (() => void) | undefined;
  /** Messages of this sink that were dropped. */
  #dropped = 0;

  constructor(parts: SinkOutboxParts<Job>) {
    this.#parts = parts;
    this.#id = stableKey(parts.node);
    this.mark = sinkMark(this.#id);
    if (this.isWanted) this.#attach();
  }

  /** Whether messages go there now: the profile may change while the flows run. */
  get isWanted(): boolean {
    const { outbox, settings } = this.#parts;
    if (!outbox || settings.place === 'memory') return false;
    return settings.place === 'disk' || outbox.settings.place === 'disk';
  }

  /** Entries of the profile that are not delivered yet. */
  get count(): number {
    return this.#detach ? (this.#parts.outbox?.depth?.count ?? 0) : 0;
  }

  /** Calls `done` once, when the message is safe or given up; or when it is delivered, with the result, if the node says so. */
  add(job: Job, bytes: number, done: (error?: PoolError, result?: unknown) => void): void {
    const { outbox, settings, changed } = this.#parts;
    if (!outbox) return done(new PoolError('OUTBOX_UNAVAILABLE', t`The profile has no outbox.`));
    if (!this.#detach) this.#attach();
    const { doneWhen } = settings;
    outbox.add(this.#id, job, bytes, {
      doneWhen,
      done: (error, result) => {
        try {
          // It may be delivered before it is safe: no result then, the same from one message to the next.
          done(error, doneWhen === 'delivered' ? result : undefined);
        } catch (thrown) {
          this.#parts.node.error(PoolError.from(thrown));
        }
      },
    });
    changed();
  }

  /** What there is to say of the outbox; undefined if all is well. */
  status(connected: boolean): NodeStatus | undefined {
    const { outbox, texts } = this.#parts;
    if (!this.#detach || !outbox) return undefined;
    const { count } = this;
    if (outbox.trouble) {
      const text = texts.text('status.outbox-in-memory', { reason: outbox.trouble.message, count });
      return { fill: 'yellow', shape: 'ring', text };
    }
    if (!connected) return undefined;
    if (this.#dropped > 0) {
      const text = texts.text('status.outbox-dropped', { dropped: this.#dropped, count });
      return { fill: 'yellow', shape: 'dot', text };
    }
    if (!outbox.hasBacklog) return undefined;
    return { fill: 'blue', shape: 'dot', text: texts.text('status.outbox-sending', { count }) };
  }

  changed(): void {
    this.#parts.changed();
  }

  dropped(count: number, error: PoolError | undefined, silent: number): void {
    this.#dropped += count;
    this.changed();
    if (!error) return;
    const { node, texts } = this.#parts;
    const text = texts.text('errors.outbox-dropped', { count: silent, reason: error.message });
    const message: NodeMessage & Record<string, unknown> = { dropped: silent };
    node.error(new PoolError(error.code, text), message);
  }

  failed(message: Record<string, unknown>, error: PoolError): void {
    this.#parts.node.error(error, message);
  }

  close(): void {
    this.#detach?.();
    this.#detach = undefined;
  }

  #attach(): void {
    this.#detach = this.#parts.outbox?.attach(this);
  }
}
