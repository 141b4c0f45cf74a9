/** What a command node does: one kind of operation for each message, and the actions that concern the connection. */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import type { RedisSession } from '../../drivers/redis/session';
import type { Done } from '../connection-actions';
import { type SendingProfile, SendingNode } from '../sending-node';
import { readBoolean, type Settings } from '../settings-readers';
import type { Texts } from '../texts';
import { BatchOperation } from './batch-operation';
import { CommandOperation } from './command-operation';
import { LookupOperation } from './lookup-operation';
import { nodeReaders, type Operation, type OperationParts, type Send } from './operation';
import { ScanOperation } from './scan-operation';

const OPERATIONS = ['command', 'pipeline', 'transaction', 'lookup', 'scan'] as const;

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

  /** @throws PoolError `REDIS_INVALID_SETTINGS` */
  constructor({ node, settings, profile, util, texts }: RedisCommandParts) {
    // Settings that can't work are an error before anything is borrowed.
    const operation = newOperation({ node, settings, util, submit: (message) => this.#sender.submit(message) });
    const dedicated = readBoolean(settings, 'dedicated', false);
    // What a command has changed on a connection of the node's own, or waits for, must end with the node.
    this.#sender = new SendingNode({ node, profile, texts, dedicated, lingers: !dedicated });
    this.#operation = operation;
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
  const kind = nodeReaders.word(parts.settings, 'operation', OPERATIONS) ?? 'command';
  switch (kind) {
    case 'command':
      return new CommandOperation(parts);
    case 'pipeline':
    case 'transaction':
      return new BatchOperation(parts, kind);
    case 'lookup':
      return new LookupOperation(parts);
    case 'scan':
      return new ScanOperation(parts);
  }
}
