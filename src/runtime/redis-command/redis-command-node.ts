/** What a command node does: one kind of operation for each message, and the actions that concern the connection. */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import type { RedisSession } from '../../drivers/redis/session';
import type { Done } from '../connection-actions';
import { type SendingProfile, SendingNode } from '../sending-node';
import { readBoolean, readText, type Settings } from '../settings-readers';
import type { Texts } from '../texts';
import { BatchOperation } from './batch-operation';
import { CommandOperation } from './command-operation';
import { LookupOperation } from './lookup-operation';
import type { Operation, OperationParts, Send } from './operation';
import { ScanOperation } from './scan-operation';

export interface RedisCommandParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: SendingProfile<RedisSession>;
  readonly util: NodeAPI['util'];
  /** The texts of the command node. */
  readonly texts: Texts;
}

export class RedisCommandNode {
  readonly #sender: SendingNode<RedisSession>;
  readonly #operation: Operation;

  constructor({ node, settings, profile, util, texts }: RedisCommandParts) {
    this.#sender = new SendingNode({ node, profile, texts, dedicated: readBoolean(settings, 'dedicated', false) });
    this.#operation = newOperation({ node, settings, util, sender: this.#sender });
  }

  /** Calls `done` once and never throws. */
  input(message: NodeMessageInFlow, send: Send, done: Done): void {
    if (message['action'] === 'cancel' && this.#operation.cancel) {
      this.#operation.cancel(false);
      done();
    } else if (!this.#sender.runAction(message, done)) {
      this.#operation.input(message, send, done);
    }
  }

  async close(removed: boolean): Promise<void> {
    this.#operation.cancel?.(true);
    await this.#sender.close(removed);
  }
}

function newOperation(parts: OperationParts): Operation {
  const kind = readText(parts.settings, 'operation');
  switch (kind) {
    case 'pipeline':
    case 'transaction':
      return new BatchOperation(parts, kind);
    case 'lookup':
      return new LookupOperation(parts);
    case 'scan':
      return new ScanOperation(parts);
    default:
      return new CommandOperation(parts);
  }
}
