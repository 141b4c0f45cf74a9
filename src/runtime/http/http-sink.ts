/** What an HTTP sink node does: a request for each message, and the answer as a message, or why there is none. */
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { HttpRequest, HttpResponse, HttpSession } from '../../drivers/http/session';
import type { Done } from '../connection-actions';
import { type SendingProfile, SendingNode } from '../sending-node';
import { readBoolean, type Settings } from '../settings-readers';
import type { Texts } from '../texts';
import { TypedInputs } from '../typed-inputs';
import { type HttpSinkSettings, readSinkSettings } from './http-sink-settings';
import { toRequest } from './outgoing-request';
import { RequestStatus } from './request-status';
import { resolveFields } from './resolve-fields';
import { responseFields, statusError } from './response-message';

export interface HttpSinkParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: SendingProfile<HttpSession>;
  readonly util: NodeAPI['util'];
  /** The texts of the sink node. */
  readonly texts: Texts;
}

type Send = (message: NodeMessage) => void;

export class HttpSink {
  readonly #node: Node;
  readonly #texts: Texts;
  readonly #settings: HttpSinkSettings;
  readonly #inputs: TypedInputs<string>;
  readonly #status: RequestStatus;
  readonly #sender: SendingNode<HttpSession>;

  /** @throws PoolError `HTTP_INVALID_NODE` */
  constructor({ node, settings, profile, util, texts }: HttpSinkParts) {
    this.#node = node;
    this.#texts = texts;
    this.#settings = readSinkSettings(settings);
    this.#inputs = new TypedInputs(util, node, this.#settings.inputs);
    this.#status = new RequestStatus(profile.texts, () => this.#sender.refresh());
    this.#sender = new SendingNode({
      node,
      profile,
      texts,
      dedicated: readBoolean(settings, 'dedicated', false),
      onSession: (session) => this.#status.bind(session),
      trouble: () => this.#status.status(),
    });
  }

  /** Calls `done` once, when there is an answer or there will be none, and never throws. */
  input(message: NodeMessageInFlow, send: Send, done: Done): void {
    if (this.#sender.runAction(message, done)) return;
    void this.#begin(message, send, done);
  }

  async close(removed: boolean): Promise<void> {
    this.#status.close();
    await this.#sender.close(removed);
  }

  async #begin(message: NodeMessageInFlow, send: Send, done: Done): Promise<void> {
    let request: HttpRequest;
    try {
      request = await toRequest(message, await resolveFields(this.#inputs, message), this.#settings);
    } catch (thrown) {
      return done(PoolError.from(thrown, 'HTTP_INVALID_REQUEST'));
    }
    this.#sender.submit({
      bytes: (request.body?.length ?? 0) + (request.path?.length ?? 0),
      send: (session, failed) => void this.#send(session, request, message, send, done, failed),
      giveUp: done,
    });
  }

  async #send(
    session: HttpSession,
    request: HttpRequest,
    message: NodeMessageInFlow,
    send: Send,
    done: Done,
    failed: (error: PoolError) => void,
  ): Promise<void> {
    const { onRetry, over } = this.#status.begin();
    let error: PoolError | undefined;
    try {
      error = this.#answered(await session.request({ ...request, onRetry }), message);
    } catch (thrown) {
      error = PoolError.from(thrown);
    }
    over();
    if (error) return error.code === 'HTTP_WITHDRAWN' ? failed(error) : done(error);
    if (this.#settings.hasOutput) send(message);
    done();
  }

  /** Puts the answer into the message; an error if it counts as one. */
  #answered(response: HttpResponse, message: NodeMessageInFlow): PoolError | undefined {
    const { returns, failOnStatus } = this.#settings;
    const notJson = () => this.#node.warn(this.#texts.text('errors.not-json'));
    Object.assign(message, responseFields(response, returns, notJson));
    return response.status >= 400 && failOnStatus ? statusError(response) : undefined;
  }
}
