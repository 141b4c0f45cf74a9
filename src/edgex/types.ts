/** What the messages of the EdgeX bus are here: typed values instead of texts, names as EdgeX has them. */
import type { PoolError } from '../core/errors';
import type { ValueType } from './value-types';

/**
 * The value of a reading: whole numbers are numbers when that is exact and bigints else; floats are numbers; `Binary` is a
 * `Buffer`; arrays are arrays of these; `Object` is what the device sent; null is a reading without a value.
 */
export type EdgexValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | readonly EdgexValue[]
  | { readonly [key: string]: EdgexValue };

export type EdgexTags = Readonly<Record<string, unknown>>;

export interface EdgexReading {
  /** Empty when the sender left it out (`EDGEX_OPTIMIZE_EVENT_PAYLOAD`). */
  readonly id: string;
  /** When the value was read, in nanoseconds since 1970. */
  readonly origin: number | bigint;
  readonly deviceName: string;
  readonly resourceName: string;
  readonly profileName: string;
  readonly valueType: ValueType;
  readonly units?: string;
  readonly tags?: EdgexTags;
  /** Of `Binary` only. */
  readonly mediaType?: string;
  readonly value: EdgexValue;
}

export interface EdgexEvent {
  readonly apiVersion: string;
  readonly id: string;
  readonly deviceName: string;
  readonly profileName: string;
  readonly sourceName: string;
  /** When the event came about, in nanoseconds since 1970. */
  readonly origin: number | bigint;
  readonly tags?: EdgexTags;
  readonly readings: readonly EdgexReading[];
  /** Further keys of the event, as newer services add them. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Readings left out because they can't be decoded; only with `invalidReadings: 'collect'`. */
  readonly faults?: readonly PoolError[];
}

/**
 * How a message is written: `v4` plain JSON payload, `v3` base64 payload (EdgeX 2.x and 3.x), `cbor-payload` CBOR payload as
 * base64 in JSON, `cbor` the whole envelope as CBOR.
 */
export type EdgexForm = 'v4' | 'v3' | 'cbor-payload' | 'cbor';

export interface EdgexEnvelope {
  /** As received; `bare` is an event or request without an envelope. */
  readonly form: EdgexForm | 'bare';
  readonly apiVersion: string;
  readonly correlationId: string;
  readonly requestId: string;
  /** 0 is no error; with any other the payload is a text that says what is wrong. */
  readonly errorCode: number;
  /** The media type of the payload in lower case, without parameters; empty if not said. */
  readonly contentType: string;
  readonly receivedTopic: string;
  readonly queryParams?: Readonly<Record<string, string>>;
}

export interface EdgexMessage {
  /** What the payload is: an Event, an AddEventRequest, or anything else (commands, metrics, errors). */
  readonly kind: 'event' | 'request-event' | 'other';
  readonly envelope: EdgexEnvelope;
  /** Of both kinds of events, and of the response to a read command (`kind` is then `other`). */
  readonly event?: EdgexEvent;
  /** The payload as plain data, text or bytes. */
  readonly payload: unknown;
}
