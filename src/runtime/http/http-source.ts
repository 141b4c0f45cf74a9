/** What an HTTP source node does: it polls, one poll at a time, and sends what is new. */
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow, NodeStatus } from 'node-red';
import { PoolError } from '../../core/errors';
import type { HttpSession, RetryNotice } from '../../drivers/http/session';
import type { Done } from '../connection-actions';
import { type SendingProfile, SendingNode } from '../sending-node';
import { readBoolean, type Settings } from '../settings-readers';
import { problemStatus } from '../status';
import type { Texts } from '../texts';
import { TypedInputs } from '../typed-inputs';
import { type HttpSourceSettings, readSourceSettings } from './http-source-settings';
import { plainValue } from './named-values';
import { Poller, type PollResult } from './poll';
import { pollMessages } from './poll-messages';
import { PollState } from './poll-state';
import { RequestStatus } from './request-status';
import { resolveFields } from './resolve-fields';
import { runSchedule } from './schedule';
import { t } from '../../core/wording';

export interface HttpSourceParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: SendingProfile<HttpSession>;
  readonly util: NodeAPI['util'];
  /** The texts of the source node. */
  readonly texts: Texts;
}

type Send = (messages: NodeMessage[][]) => void;

/** A message that asked for a poll. */
interface Trigger {
  readonly message: NodeMessageInFlow;
  readonly send: Send;
  readonly done: Done;
}

export class HttpSource {
  readonly #parts: HttpSourceParts;
  readonly #settings: HttpSourceSettings;
  readonly #inputs: TypedInputs<string>;
  readonly #poller: Poller;
  readonly #state: PollState;
  readonly #status: RequestStatus;
  readonly #sender: SendingNode<HttpSession>;
  readonly #stopSchedule: () => void;
  readonly #abort = new AbortController();
  /** Triggers that the poll after this one is for. */
  #triggers: Trigger[] = [];
  #polling = false;
  /** How often it was told to begin anew. */
  #resets = 0;
  #started = false;
  /** Why the last poll failed; told once. */
  #failure: PoolError | undefined;

  /** @throws PoolError `HTTP_INVALID_NODE`, `INVALID_CRON`, `INVALID_TYPED_INPUT` */
  constructor(parts: HttpSourceParts) {
    const { node, settings, profile, util, texts } = parts;
    this.#parts = parts;
    this.#settings = readSourceSettings(settings);
    this.#inputs = new TypedInputs(util, node, this.#settings.inputs);
    this.#state = new PollState(parts, this.#settings);
    this.#poller = new Poller(this.#settings, {
      property: (message, path) => this.#property(message, path),
      notJson: () => node.warn(texts.text('errors.not-json')),
    });
    this.#status = new RequestStatus(profile.texts, () => this.#sender.refresh());
    this.#sender = new SendingNode({
      node,
      profile,
      texts,
      dedicated: readBoolean(settings, 'dedicated', false),
      onSession: (session) => this.#bound(session),
      trouble: () => this.#trouble(),
    });
    this.#stopSchedule = runSchedule(this.#settings.schedule, () => this.#tick());
  }

  /** A poll for a message; messages that come during a poll get the next one together. Never throws. */
  input(message: NodeMessageInFlow, send: Send, done: Done): void {
    if (message['action'] === 'reset') {
      this.#resets += 1;
      this.#poller.forget();
      this.#state.reset();
      return done();
    }
    if (this.#sender.runAction(message, done)) return;
    const trigger = { message, send, done };
    this.#sender.submit({
      bytes: 0,
      send: () => {
        // It waited for a connection until the node was closed and another had come in its place.
        if (this.#abort.signal.aborted)
          return done(new PoolError('CONNECTION_CLOSED', t`The node was stopped before it asked.`));
        this.#triggers.push(trigger);
        this.#tick();
      },
      giveUp: done,
    });
  }

  async close(removed: boolean): Promise<void> {
    this.#stopSchedule();
    this.#status.close();
    this.#abort.abort();
    const stopped = new PoolError('HTTP_ABORTED', t`The poll was given up: the node was stopped.`);
    for (const { done } of this.#triggers.splice(0)) done(stopped);
    await this.#sender.close(removed);
  }

  #bound(session: HttpSession | undefined): void {
    this.#status.bind(session);
    if (!session || this.#started) return;
    this.#started = true;
    if (this.#settings.startNow) setImmediate(() => this.#tick());
  }

  #tick(): void {
    const { session } = this.#sender;
    if (this.#polling || !session || this.#abort.signal.aborted) return;
    this.#polling = true;
    void this.#poll(session, this.#triggers.splice(0));
  }

  /** Never rejects. */
  async #poll(session: HttpSession, triggers: readonly Trigger[]): Promise<void> {
    const latest = triggers.at(-1);
    let failure: PoolError | undefined;
    try {
      const resets = this.#resets;
      const result = await this.#ask(session, latest?.message ?? {});
      if (result && !this.#abort.signal.aborted) await this.#deliver(result, latest, () => resets === this.#resets);
    } catch (thrown) {
      failure = PoolError.from(thrown, 'HTTP_FAILED');
    }
    this.#polling = false;
    if (failure?.code === 'HTTP_WITHDRAWN') return this.#pollElsewhere(failure, triggers);
    for (const { done } of triggers) done(failure);
    if (this.#abort.signal.aborted) return;
    const isNews = failure?.code !== this.#failure?.code;
    this.#failure = failure;
    // A failure that lasts is told once; messages that asked for a poll are told each.
    if (failure && isNews && triggers.length === 0) this.#parts.node.error(failure, {});
    this.#sender.refresh();
    if (this.#triggers.length > 0) this.#tick();
  }

  /** The connection was left for another one before it asked: that is asked, if there is one. */
  #pollElsewhere(failure: PoolError, triggers: readonly Trigger[]): void {
    setImmediate(() => {
      if (this.#sender.session && !this.#abort.signal.aborted) {
        this.#triggers.unshift(...triggers);
        this.#tick();
      } else {
        for (const { done } of triggers) done(failure);
      }
    });
  }

  async #ask(session: HttpSession, message: object): Promise<PollResult | undefined> {
    const fields = await resolveFields(this.#inputs, this.#state.with(message));
    const poll = {};
    const onRetry = (retry: RetryNotice) => this.#status.retrying(poll, retry);
    this.#status.begin();
    const headers = Object.fromEntries(
      this.#settings.headers.entries(fields).map(([name, value]) => [name.toLowerCase(), plainValue(name, value)]),
    ) as Record<string, string | number>;
    const { signal } = this.#abort;
    try {
      const path = String(plainValue('path', fields['path'] ?? ''));
      return await this.#poller.run(session, { path, headers, signal, onRetry });
    } finally {
      this.#status.over(poll);
    }
  }

  async #deliver(
    { pages, cut, taken }: PollResult,
    trigger: Trigger | undefined,
    isCurrent: () => boolean,
  ): Promise<void> {
    const { node, texts, util } = this.#parts;
    // What the node is wired to may not be there yet.
    await this.#parts.profile.handOver.untilStarted();
    if (this.#abort.signal.aborted) return;
    if (cut) node.warn(texts.text('errors.too-many-pages', { count: this.#settings.maxPages }));
    // An answer to what was asked before a reset leaves no trace.
    if (isCurrent()) {
      await this.#state.advance(pages.map(({ fields }) => fields));
      taken();
    }
    const messages = pollMessages(
      pages,
      this.#settings,
      trigger ? { ...trigger.message } : {},
      (message, path) => this.#property(message, path),
      util.generateId(),
    );
    if (messages.length === 0) return;
    // As one sequence: Node-RED copies all but the first, so that they share nothing.
    if (trigger) trigger.send([messages]);
    else node.send([messages]);
  }

  #trouble(): NodeStatus | undefined {
    return this.#status.status() ?? (this.#failure && problemStatus(this.#failure, this.#parts.profile.texts));
  }

  #property(message: object, path: string): unknown {
    try {
      return this.#parts.util.getMessageProperty(message as NodeMessageInFlow, path) as unknown;
    } catch {
      return undefined;
    }
  }
}
