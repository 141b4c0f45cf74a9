/** What an HTTP sink node does: a request for each message, and the answer as a message, or why there is none. */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { HttpRequest, HttpResponse, HttpSession, RetryNotice } from '../../drivers/http/session';
import { readBatching } from '../batching';
import type { Done } from '../connection-actions';
import { InOrder } from '../in-order';
import { httpBytes, type HttpJob } from '../outbox/http-protocol';
import type { OutboxAccess } from '../outbox/profile-outbox';
import { readSinkOutbox } from '../outbox/settings';
import { SinkOutbox } from '../outbox/sink-outbox';
import { type SendingProfile, SendingNode } from '../sending-node';
import { readBoolean, type Settings } from '../settings-readers';
import type { Texts } from '../texts';
import { type FieldValues, TypedInputs } from '../typed-inputs';
import { type HttpSinkSettings, readers, readSinkSettings } from './http-sink-settings';
import { toRequest } from './outgoing-request';
import { type Batched, type RequestBatches, requestBatches } from './request-batches';
import { RequestStatus } from './request-status';
import { resolveFields } from './resolve-fields';
import { responseFields, statusError } from './response-message';
import { type ErrandHome, type Send, SinkErrand } from './sink-errand';

export interface HttpSinkParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: SendingProfile<HttpSession> & { readonly outbox?: OutboxAccess<HttpJob> };
  readonly util: NodeAPI['util'];
  /** The texts of the sink node. */
  readonly texts: Texts;
}

export class HttpSink implements ErrandHome {
  readonly #node: Node;
  readonly #texts: Texts;
  readonly #settings: HttpSinkSettings;
  readonly #inputs: TypedInputs<string>;
  readonly #status: RequestStatus;
  readonly #outbox: SinkOutbox<HttpJob>;
  readonly #sender: SendingNode<HttpSession>;
  readonly #batches: RequestBatches | undefined;
  readonly #order = new InOrder();
  readonly #onRetry = (retry: RetryNotice, request: HttpRequest): void => this.#status.retrying(request, retry);
  readonly #notJson = (): void => this.#node.warn(this.#texts.text('errors.not-json'));

  /** @throws PoolError `HTTP_INVALID_NODE` */
  constructor({ node, settings, profile, util, texts }: HttpSinkParts) {
    this.#node = node;
    this.#texts = texts;
    this.#settings = readSinkSettings(settings);
    this.#inputs = new TypedInputs(util, node, this.#settings.inputs);
    this.#status = new RequestStatus(profile.texts, () => this.#sender.refresh());
    const batching = readBatching(settings, readers);
    this.#batches = batching && requestBatches(batching, (batch) => this.#sendBatch(batch));
    this.#outbox = new SinkOutbox({
      node,
      outbox: profile.outbox,
      settings: readSinkOutbox(settings, readers),
      texts: profile.texts,
      changed: () => this.#sender.refreshSoon(),
    });
    this.#sender = new SendingNode({
      node,
      profile,
      texts,
      dedicated: readBoolean(settings, 'dedicated', false),
      onSession: (session) => this.#status.bind(session),
      trouble: () => this.#status.status(),
      outbox: this.#outbox,
    });
  }

  /** Calls `done` once, when there is an answer or there will be none, or it is safe on disk, and never throws. */
  input(message: NodeMessageInFlow, send: Send, done: Done): void {
    if (this.#sender.runAction(message, done)) return;
    if (this.#batches) return void this.#collect(this.#batches, message, send, done);
    this.#begin(() => this.#request(message), message, send, done);
  }

  #begin(make: () => HttpRequest | Promise<HttpRequest>, message: NodeMessageInFlow, send: Send, done: Done): void {
    const refuse = (thrown: unknown): void => done(PoolError.from(thrown, 'HTTP_INVALID_REQUEST'));
    let request: HttpRequest | Promise<HttpRequest>;
    try {
      request = make();
    } catch (thrown) {
      return refuse(thrown);
    }
    if (request instanceof Promise) request.then((made) => this.#submit(made, message, send, done), refuse);
    else this.#submit(request, message, send, done);
  }

  async close(removed: boolean): Promise<void> {
    this.#batches?.flush();
    this.#status.close();
    this.#outbox.close();
    await this.#sender.close(removed);
  }

  begin(): void {
    this.#status.begin();
  }

  over(request: HttpRequest): void {
    this.#status.over(request);
  }

  answered(response: HttpResponse, message: NodeMessageInFlow): PoolError | undefined {
    const { returns, failOnStatus } = this.#settings;
    Object.assign(message, responseFields(response, returns, this.#notJson));
    return response.status >= 400 && failOnStatus ? statusError(response) : undefined;
  }

  /** A promise only where something takes its time. @throws PoolError */
  #request(message: NodeMessageInFlow): HttpRequest | Promise<HttpRequest> {
    const make = (fields: FieldValues<string>) => toRequest(message, fields, this.#settings, this.#onRetry);
    const fields = resolveFields(this.#inputs, message);
    return fields instanceof Promise ? fields.then(make) : make(fields);
  }

  async #collect(batches: RequestBatches, message: NodeMessageInFlow, send: Send, done: Done): Promise<void> {
    const inTurn = this.#order.enter();
    let fields: FieldValues<string>;
    try {
      fields = await resolveFields(this.#inputs, message);
    } catch (thrown) {
      return inTurn(() => done(PoolError.from(thrown, 'HTTP_INVALID_REQUEST')));
    }
    inTurn(() => batches.add({ message, fields, send, done }));
  }

  /** One request with the bodies of all; its answer goes on with the first message. */
  #sendBatch(batch: readonly Batched[]): void {
    const [first] = batch;
    if (!first) return;
    const { message, send } = first;
    const fields = { ...first.fields, body: batch.map((one) => one.fields['body']) };
    const done = (error?: Error): void => {
      for (const one of batch) one.done(error);
    };
    this.#begin(() => toRequest(message, fields, this.#settings, this.#onRetry), message, send, done);
  }

  #submit(request: HttpRequest, message: NodeMessageInFlow, send: Send, done: Done): void {
    if (this.#outbox.isWanted) return this.#keep(request, message, send, done);
    this.#sender.submit(new SinkErrand(this, request, message, this.#settings.hasOutput ? send : undefined, done));
  }

  #keep({ onRetry: _ofThisNode, ...request }: HttpRequest, message: NodeMessageInFlow, send: Send, done: Done): void {
    const { failOnStatus, hasOutput } = this.#settings;
    this.#outbox.add({ request, failOnStatus }, httpBytes(request), (error, response) => {
      let failure = error;
      try {
        if (response) failure = this.answered(response as HttpResponse, message) ?? error;
        if (response && !failure && hasOutput) send(message);
      } catch (thrown) {
        failure = PoolError.from(thrown);
      }
      done(failure);
    });
  }
}
