/** From the answer to a command to the fields of a flow message, or to the error it tells. */
import { PoolError } from '../../core/errors';
import { decodeMessage } from '../../edgex/envelope';
import { getOwn, isPlainObject } from '../../edgex/plain';
import type { EdgexMessage } from '../../edgex/types';
import { flatten, withReadings } from './event-messages';
import { type LargeIntegers, withLargeIntegers } from './large-integers';
import { t } from '../../core/wording';

export interface AnswerOutput {
  /** Values by resource, or the payload as it was sent. */
  readonly output: 'event' | 'raw';
  readonly largeIntegers: LargeIntegers;
}

export interface CommandAnswer {
  readonly payload: unknown;
  readonly meta: Readonly<Record<string, unknown>>;
  /** Readings that could not be decoded. */
  readonly fault?: PoolError;
}

const MAX_TEXT_LENGTH = 1000;

/**
 * @param title of the command, for the error
 * @throws PoolError `EDGEX_COMMAND_FAILED` with the reason the answer gives, or those of `decodeMessage`
 */
export function readAnswer(bytes: Buffer, title: string, { output, largeIntegers }: AnswerOutput): CommandAnswer {
  const answer = decodeMessage(bytes, { invalidReadings: 'collect' });
  const reason = failureOf(answer);
  if (reason !== undefined) throw new PoolError('EDGEX_COMMAND_FAILED', t`The ${title} failed: ${reason}`);
  const { event, envelope, payload } = answer;
  const { correlationId, requestId } = envelope;
  const statusCode = isPlainObject(payload) ? getOwn(payload, 'statusCode') : undefined;
  const status = typeof statusCode === 'number' ? { statusCode } : {};
  if (!event || output === 'raw') {
    const meta = { requestId, correlationId, ...status };
    return { payload: withLargeIntegers(payload, largeIntegers), meta };
  }
  const fault = event.faults?.[0];
  return {
    payload: flatten(event, largeIntegers),
    meta: { ...withReadings(answer, event, largeIntegers), ...status },
    ...(fault && { fault }),
  };
}

/** Why it failed: as the envelope tells, or as the status in its payload does. */
function failureOf({ envelope, payload }: EdgexMessage): string | undefined {
  if (envelope.errorCode !== 0) return textOf(isPlainObject(payload) ? getOwn(payload, 'message') : payload);
  if (!isPlainObject(payload)) return undefined;
  const statusCode = getOwn(payload, 'statusCode');
  if (typeof statusCode !== 'number' || statusCode < 400) return undefined;
  const message = getOwn(payload, 'message');
  return typeof message === 'string' && message !== '' ? textOf(message) : t`status ${statusCode}`;
}

function textOf(payload: unknown): string {
  if (typeof payload !== 'string' || payload === '') return t`the answer gives no reason`;
  return payload.length > MAX_TEXT_LENGTH ? `${payload.slice(0, MAX_TEXT_LENGTH)}…` : payload;
}
