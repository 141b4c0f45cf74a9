/**
 * Payloads that are events already, as a source that sends payloads as they were hands them on: an event, a request to add
 * one, or the answer to a read command. Their large integers may be text by then.
 */
import { decodeEvent, isEventDto } from '../../edgex/event';
import { isPlainObject, type PlainObject } from '../../edgex/plain';
import type { EdgexEvent } from '../../edgex/types';

/**
 * The event; undefined for a payload that isn't one.
 *
 * @throws PoolError `EDGEX_INVALID_EVENT`, `EDGEX_INVALID_VALUE`
 */
export function readyEvent(payload: unknown): EdgexEvent | undefined {
  if (!isPlainObject(payload)) return undefined;
  const dto = isEventDto(payload) ? payload : payload['event'];
  return isEventDto(dto) ? decodeEvent(withOrigins(dto)) : undefined;
}

function withOrigins(dto: PlainObject): PlainObject {
  const { readings } = dto;
  const copy = withOrigin(dto);
  if (Array.isArray(readings))
    copy['readings'] = readings.map((raw: unknown) => (isPlainObject(raw) ? withOrigin(raw) : raw));
  return copy;
}

function withOrigin(dto: PlainObject): PlainObject {
  const { origin } = dto;
  return typeof origin === 'string' && /^-?\d{1,19}$/.test(origin) ? { ...dto, origin: BigInt(origin) } : { ...dto };
}
