/** What a script node does: for each message, call its script or function and put the result into the message. */
import type { NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { RedisReply, RedisSession } from '../../drivers/redis/session';
import type { Done } from '../connection-actions';
import { bytesOf, nodeReaders, readFormat, readSendOptions, type Send, sendOn } from '../redis-command/operation';
import { leafReader } from '../redis-command/read-reply';
import type { RedisCommandParts } from '../redis-command/redis-command-node';
import { type Leaf, plainReply } from '../redis-command/reply-shapes';
import { Target } from '../redis-command/target';
import { SendingNode } from '../sending-node';
import { readBoolean, readText, type Settings } from '../settings-readers';
import { FunctionRunner } from './function-runner';
import { ScriptInputs } from './script-inputs';
import { type Call, type Runner, ScriptRunner } from './script-runner';
import { composeScript } from './script-text';
import { t } from '../../core/wording';

export class RedisScriptNode {
  readonly #sender: SendingNode<RedisSession>;
  readonly #keys: ScriptInputs;
  readonly #args: ScriptInputs;
  readonly #runner: Runner;
  readonly #leaf: Leaf;
  readonly #target: Target;

  /** @throws PoolError `REDIS_INVALID_SCRIPT`, `REDIS_INVALID_SETTINGS` */
  constructor({ node, settings, profile, util, texts }: RedisCommandParts) {
    this.#keys = new ScriptInputs({ util, node }, settings['keys'], 'key');
    this.#args = new ScriptInputs({ util, node }, settings['args'], 'argument');
    this.#runner = newRunner(settings, this.#keys.names, this.#args.names);
    this.#leaf = leafReader(readFormat(settings));
    this.#target = new Target(util, settings);
    const dedicated = readBoolean(settings, 'dedicated', false);
    // What a command has changed on a connection of the node's own, or waits for, must end with the node.
    this.#sender = new SendingNode({ node, profile, texts, dedicated, lingers: !dedicated });
  }

  /** Calls `done` once and never throws. */
  input(message: NodeMessageInFlow, send: Send, done: Done): void {
    if (this.#sender.runAction(message, done)) return;
    this.#keys.resolve(message, (error, keys) => {
      if (error) return done(error);
      this.#args.resolve(message, (problem, args) => {
        if (problem) return done(problem);
        this.#run({ keys, args }, message, send, done);
      });
    });
  }

  async close(removed: boolean): Promise<void> {
    await this.#sender.close(removed);
  }

  #run(call: Call, message: NodeMessageInFlow, send: Send, done: Done): void {
    this.#sender.submit({
      bytes: bytesOf([{ name: 'EVALSHA', args: [...call.keys, ...call.args] }]),
      send: (session, failed) =>
        this.#runner.run(session, call, (error, reply = null) => {
          if (error) failed(error);
          else this.#answer(reply, message, send, done);
        }),
      giveUp: done,
    });
  }

  #answer(reply: RedisReply, message: NodeMessageInFlow, send: Send, done: Done): void {
    try {
      this.#target.put(message, plainReply(reply, this.#leaf));
    } catch (thrown) {
      return done(PoolError.from(thrown));
    }
    sendOn(() => send(message), done);
  }
}

function newRunner(settings: Settings, keys: readonly string[], args: readonly string[]): Runner {
  const options = readSendOptions(settings, readFormat(settings));
  const readOnly = readBoolean(settings, 'readOnly', false);
  if (nodeReaders.word(settings, 'kind', ['script', 'function']) !== 'function') {
    const script = settings['script'];
    return new ScriptRunner(composeScript(typeof script === 'string' ? script : '', keys, args), readOnly, options);
  }
  const name = readText(settings, 'functionName');
  if (name === '') throw new PoolError('REDIS_INVALID_SCRIPT', t`There is no function: enter its name in the node.`);
  return new FunctionRunner({ name, library: readText(settings, 'library'), readOnly }, options);
}
