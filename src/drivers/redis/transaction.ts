/** MULTI, the commands, EXEC: in one turn of the event loop, so that nothing of others can come between. */
import { PoolError } from '../../core/errors';
import { isCluster } from './endpoint';
import type { RedisLink } from './redis-link';
import { asResp2 } from './resp2-shapes';
import { serverError } from './server-error';
import type { CommandOutcome, RedisCommand, RedisReply } from './session';
import { t } from '../../core/wording';

type TransactionCallback = (error: PoolError | undefined, outcomes?: readonly CommandOutcome[]) => void;

/** Calls back once: with an outcome for each command, or with the reason why none was carried out. */
export function sendTransaction(
  link: RedisLink,
  commands: readonly RedisCommand[],
  buffers: boolean,
  callback: TransactionCallback,
): void {
  if (isCluster(link.client)) void sendInCluster(link, commands, buffers, callback);
  else sendPlainly(link, commands, buffers, callback);
}

function sendPlainly(
  link: RedisLink,
  commands: readonly RedisCommand[],
  buffers: boolean,
  callback: TransactionCallback,
) {
  const refusals: PoolError[] = [];
  const queued = (error?: PoolError) => {
    if (error) refusals.push(error);
  };
  link.send('MULTI', [], false, queued);
  for (const { name, args } of commands) link.send(name, args, false, queued);
  link.send('EXEC', [], buffers, (error, reply) => {
    if (error) callback(error.code === 'REDIS_EXECABORT' && refusals[0] ? aborted(refusals[0]) : error);
    else if (!Array.isArray(reply)) callback(discarded());
    else
      callback(
        undefined,
        reply.map((each, index) => outcomeOf(each, commands[index])),
      );
  });
}

async function sendInCluster(
  link: RedisLink,
  commands: readonly RedisCommand[],
  buffers: boolean,
  callback: TransactionCallback,
): Promise<void> {
  const multi = link.client.multi();
  for (const { name, args } of commands) {
    if (buffers) multi.callBuffer(name, ...args);
    else multi.call(name, ...args);
  }
  try {
    const replies = await multi.exec();
    if (replies === null) return callback(discarded());
    callback(
      undefined,
      replies.map(([error, reply], index) => outcomeOf(error ?? (reply as RedisReply), commands[index])),
    );
  } catch (thrown) {
    callback(isCrossSlot(thrown) ? crossSlot() : link.commandError(thrown, 'EXEC'));
  }
}

/** The client refuses it by itself, before it sends anything. */
function isCrossSlot(thrown: unknown): boolean {
  return thrown instanceof Error && /belong to the same slot/.test(thrown.message);
}

function crossSlot(): PoolError {
  const message = t`In a cluster, all keys of a transaction must be in one slot; give them a common {hash tag}.`;
  return new PoolError('REDIS_CROSSSLOT', message);
}

/** Errors inside the reply of EXEC come as error objects. */
function outcomeOf(reply: RedisReply | Error, command: RedisCommand | undefined): CommandOutcome {
  if (!(reply instanceof Error)) return { reply: command ? asResp2(command, reply) : reply };
  return { error: serverError(reply, command?.name) ?? new PoolError('REDIS_ERROR', reply.message) };
}

function aborted(first: PoolError): PoolError {
  const message = t`The transaction was not carried out, because one of its commands is invalid: ${first.message}`;
  return new PoolError('REDIS_EXECABORT', message, { cause: first });
}

function discarded(): PoolError {
  return new PoolError(
    'REDIS_TRANSACTION_DISCARDED',
    t`The transaction was not carried out: a watched key was changed meanwhile.`,
  );
}
