/**
 * What an EdgeX command node does: it asks core-command (or a device service) to read or write, and sends the answer on. One
 * subscription is there for the answers to all its requests.
 */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import { DEFAULT_QUEUE } from '../../core/driver';
import { checkFilter, checkTopic } from '../../edgex/topics';
import type { Done } from '../connection-actions';
import { InOrder } from '../in-order';
import { SendingNode } from '../sending-node';
import { CheckedReaders, readBoolean, readText, type Settings } from '../settings-readers';
import { refusedFilterStatus } from '../status';
import type { Texts } from '../texts';
import { type TypedInput, TypedInputs } from '../typed-inputs';
import { type AnswerOutput, type CommandAnswer, readAnswer } from './command-answer';
import type { EdgexBus } from './edgex-bus';
import type { EdgexAccess } from './edgex-profile-controller';
import { type EdgexProfileSettings, topicBelow } from './edgex-profile-settings';
import type { EdgexSession } from './edgex-session';
import { LARGE_INTEGERS } from './large-integers';
import { type CommandFields, type CommandOptions, type OutgoingCommand, toOutgoingCommand } from './outgoing-command';
import { PendingRequests } from './pending-requests';
import { StandingSubscription } from './standing-subscription';
import { t } from '../../core/wording';

type Send = (message: NodeMessageInFlow) => void;

export interface EdgexCommandParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: EdgexAccess;
  readonly util: NodeAPI['util'];
  /** The texts of the command node. */
  readonly texts: Texts;
}

const readers = new CheckedReaders('EDGEX_INVALID_COMMAND', 'node', 'pool-edgex-command');
/** Longer than core-command waits for a device service (5 s), so that its own error comes first. */
const TIMEOUT_MILLIS = 10_000;
const DAY_SECONDS = 86_400;

export class EdgexCommand {
  readonly #profile: EdgexProfileSettings;
  readonly #options: CommandOptions;
  readonly #output: AnswerOutput;
  readonly #inputs: TypedInputs<keyof CommandFields>;
  readonly #order = new InOrder();
  readonly #requests: PendingRequests;
  readonly #answers: StandingSubscription;
  readonly #sender: SendingNode<EdgexSession>;
  #session: EdgexSession | undefined;

  /** @throws PoolError `EDGEX_INVALID_COMMAND`, `EDGEX_INVALID_TOPIC` */
  constructor({ node, settings, profile, util, texts }: EdgexCommandParts) {
    this.#profile = profile.settings;
    this.#options = readOptions(settings, profile.settings.base);
    this.#output = readOutput(settings);
    this.#inputs = new TypedInputs(util, node, readInputs(settings));
    this.#requests = new PendingRequests(
      readers.seconds(settings, 'timeoutSeconds', 0.001, DAY_SECONDS) ?? TIMEOUT_MILLIS,
      () => maxQueued(profile.bus),
    );
    const filter = readAnswerFilter(settings, profile.settings.base);
    this.#answers = new StandingSubscription(filter, {
      message: (topic, bytes) => this.#requests.answer(topic.slice(topic.lastIndexOf('/') + 1), bytes),
      changed: () => this.#answersChanged(),
      refused: (error) => node.error(error, { topic: filter }),
    });
    this.#sender = new SendingNode({
      node,
      profile: profile.bus,
      texts,
      dedicated: readBoolean(settings, 'dedicated', false),
      onSession: (session) => this.#bound(session),
      trouble: () => {
        const { refusal } = this.#answers;
        return refusal && refusedFilterStatus(filter, refusal, profile.bus.texts);
      },
    });
  }

  /** Calls `done` once, with the answer or without one, and never throws. */
  input(message: NodeMessageInFlow, send: Send, done: Done): void {
    if (this.#sender.runAction(message, done)) return;
    if (this.#inputs.immediate) {
      this.#request(message, undefined, send, done);
      return;
    }
    const inTurn = this.#order.enter();
    this.#inputs.resolveLater(message, (error, fields) => {
      inTurn(() => (error ? done(error) : this.#request(message, fields, send, done)));
    });
  }

  async close(removed: boolean): Promise<void> {
    await this.#sender.close(removed);
    this.#requests.failAll(new PoolError('CONNECTION_CLOSED', t`The node was stopped before the answer came.`));
  }

  #request(message: NodeMessageInFlow, resolved: CommandFields | undefined, send: Send, done: Done): void {
    let command: OutgoingCommand;
    try {
      command = toOutgoingCommand(resolved ?? this.#inputs.resolve(message), this.#profile, this.#options);
    } catch (thrown) {
      return done(PoolError.from(thrown, 'EDGEX_INVALID_COMMAND'));
    }
    const { requestId, title, bytes } = command;
    this.#requests.add(command, (error, answer) => {
      if (answer) return this.#answered(message, title, answer, send, done);
      if (!this.#session) this.#sender.refresh();
      done(error);
    });
    const requests = this.#requests;
    this.#sender.submit({
      bytes: bytes.length,
      get isOver() {
        return !requests.has(requestId);
      },
      send: () => {
        if (this.#answers.refusal) this.#requests.fail(requestId, this.#answers.refusal);
        else this.#requests.release(requestId);
      },
      giveUp: (error) => this.#requests.fail(requestId, error),
    });
  }

  #answered(message: NodeMessageInFlow, title: string, bytes: Buffer, send: Send, done: Done): void {
    let answer: CommandAnswer;
    try {
      answer = readAnswer(bytes, title, this.#output);
      message.payload = answer.payload;
      message['meta'] = answer.meta;
      send(message);
    } catch (thrown) {
      return done(PoolError.from(thrown, 'EDGEX_INVALID_ENVELOPE'));
    }
    done(answer.fault);
  }

  /** Told by the sender within this constructor for the first time. */
  #bound(session: EdgexSession | undefined): void {
    this.#session = session;
    if (session) {
      this.#answers.bound(session);
    } else {
      this.#requests.setReady(undefined);
      this.#answers.unbinding(false);
    }
  }

  #answersChanged(): void {
    const { refusal, isActive } = this.#answers;
    this.#requests.setReady(isActive ? this.#session : undefined);
    if (refusal) this.#requests.failAll(refusal, 'unsent');
    // Not yet there while the constructor of the sender runs.
    (this.#sender as SendingNode<EdgexSession> | undefined)?.refresh();
  }
}

function maxQueued({ current }: EdgexBus): number {
  return (current instanceof PoolError ? undefined : current.queue.maxCount) ?? DEFAULT_QUEUE.maxCount;
}

function readOptions(settings: Settings, base: string): CommandOptions {
  const requestTopic = trimmed(readText(settings, 'requestTopic')) || 'core/command/request';
  checkTopic(topicBelow(base, requestTopic, false));
  return { requestTopic, pushEvent: readBoolean(settings, 'pushEvent', false) };
}

function readAnswerFilter(settings: Settings, base: string): string {
  const prefix = trimmed(readText(settings, 'responseTopic')) || 'response/core-command';
  checkTopic(topicBelow(base, prefix, false));
  const filter = `${topicBelow(base, prefix, false)}/+`;
  checkFilter(filter);
  return filter;
}

function readOutput(settings: Settings): AnswerOutput {
  return {
    output: readers.word(settings, 'output', ['event', 'raw']) ?? 'event',
    largeIntegers: readers.word(settings, 'largeIntegers', LARGE_INTEGERS) ?? 'text',
  };
}

const FIELDS = ['device', 'command', 'method', 'values', 'queryParams'] as const;

/** Values are `msg.payload` unless the node says otherwise. */
function readInputs(settings: Settings): TypedInput<keyof CommandFields>[] {
  return FIELDS.map((field) => {
    const isValues = field === 'values';
    const value = isValues ? (settings['values'] ?? 'payload') : settings[field];
    return { field, value, type: readText(settings, `${field}Type`) || (isValues ? 'msg' : 'str') };
  });
}

/** Without slashes at its ends. */
function trimmed(topic: string): string {
  return topic
    .split('/')
    .filter((level, index, levels) => level !== '' || (index > 0 && index < levels.length - 1))
    .join('/');
}
