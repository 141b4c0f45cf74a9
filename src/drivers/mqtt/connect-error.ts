/** Why a connection failed or broke, in words a person can act on, and whether trying again soon makes sense. */
import { PoolError } from '../../core/errors';
import { hungUpBeforeTls, hungUpText, tlsAdvice } from '../../core/tls-failure';
import { unreachableReason } from '../../core/unreachable';
import { reasonText } from './reason-codes';
import { clause, t } from '../../core/wording';

/** What is known about a failed connection. Only `address` is ever shown, so no secret can get in. */
export interface ConnectFailure {
  readonly address: string;
  readonly clientId: string;
  /** The last error of socket, TLS or client, if there was one. */
  readonly cause: unknown;
  /** The CONNACK or DISCONNECT reason, as an MQTT 5 code. */
  readonly reason: number | undefined;
}

const RESET = new Set(['ECONNRESET', 'EPIPE']);

const TLS_CODE =
  /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_MISMATCH|ERR_CRYPTO)/;

/** The refusals of CONNACK and DISCONNECT that have a code of their own. */
const REFUSALS: Readonly<Record<number, readonly [code: string, advice: () => string]>> = {
  0x84: ['MQTT_BAD_PROTOCOL', () => t`choose another protocol version`],
  0x85: ['MQTT_BAD_CLIENT_ID', () => t`set another client id`],
  0x86: ['MQTT_BAD_CREDENTIALS', () => t`check user and password`],
  0x87: ['MQTT_NOT_AUTHORIZED', () => t`check user, password and the rights of this client`],
  0x8a: ['MQTT_NOT_AUTHORIZED', () => t`ask the administrator of the broker`],
  0x8c: ['MQTT_NOT_AUTHORIZED', () => t`the broker wants another way to log in`],
  0x8e: ['MQTT_CLIENT_ID_TAKEN', () => t`every client needs a client id of its own`],
};

/** Reasons that may be gone at the next attempt. */
const PASSING = new Set([0x88, 0x89, 0x8b, 0x8d, 0x93, 0x96, 0x97, 0x98, 0x9c, 0x9d, 0x9f, 0xa0]);

export function connectError(failure: ConnectFailure): PoolError {
  return fromReason(failure) ?? fromCause(failure) ?? closedEarly(failure);
}

/** Why an established connection is gone. */
export function lossError(failure: ConnectFailure): PoolError {
  if (failure.reason === 0x8e) return takenOver(failure.address, failure.clientId);
  const known = fromReason(failure);
  if (known) return new PoolError('MQTT_CONNECTION_LOST', known.message, { kind: known.kind, cause: failure.cause });
  const why = reachFault(codeOf(failure.cause)) ?? messageOf(failure.cause) ?? t`the broker closed it`;
  return new PoolError('MQTT_CONNECTION_LOST', t`The connection to ${failure.address} was lost: ${why}.`, {
    cause: failure.cause,
  });
}

/** Someone else connects with the same client id; `guessed` where the broker doesn't say so (3.1.1). */
export function takenOver(address: string, clientId: string, guessed = false): PoolError {
  const text = guessed
    ? t`${address} closes every connection with the client id "${clientId}" after accepting it; most likely another client uses the client id "${clientId}". Give every client an id of its own.`
    : t`${address} closed the connection: another client uses the client id "${clientId}". Give every client an id of its own.`;
  return new PoolError('MQTT_CLIENT_ID_TAKEN', text, { kind: 'refused' });
}

function fromReason({ address, clientId, reason, cause }: ConnectFailure): PoolError | undefined {
  if (reason === undefined || reason === 0) return undefined;
  const [code, advice] = REFUSALS[reason] ?? ['MQTT_CONNECTION_REFUSED', undefined];
  const id = code === 'MQTT_BAD_CLIENT_ID' || code === 'MQTT_CLIENT_ID_TAKEN' ? ` ("${clientId}")` : '';
  const text = t`${address} refused the connection: ${reasonText(reason)}${id}${advice ? `; ${advice()}` : ''}.`;
  return new PoolError(code, text, { kind: PASSING.has(reason) ? 'retry' : 'refused', cause });
}

function fromCause({ address, cause }: ConnectFailure): PoolError | undefined {
  const code = codeOf(cause);
  const message = messageOf(cause);
  if (hungUpBeforeTls(cause)) {
    return new PoolError('MQTT_BROKER_UNREACHABLE', hungUpText(address), { cause });
  }
  const unreachable = reachFault(code);
  if (unreachable) {
    return new PoolError('MQTT_BROKER_UNREACHABLE', t`${address} can't be reached: ${unreachable}.`, { cause });
  }
  if (code && TLS_CODE.test(code)) {
    const why = tlsAdvice(cause) ?? t`${message}; check the TLS settings and the certificates`;
    const text = t`No secure connection to ${address}: ${why} (${code}).`;
    return new PoolError('MQTT_TLS', text, { kind: 'refused', cause });
  }
  if (message && /header flag|protocolId|Invalid|Malformed|Not supported|Cannot parse/i.test(message) && !code) {
    const text = t`What answers at ${address} does not speak MQTT; check port and scheme (mqtt, mqtts, ws, wss).`;
    return new PoolError('MQTT_BAD_PROTOCOL', text, { kind: 'refused', cause });
  }
  if (message && /Unexpected server response|Sec-WebSocket/i.test(message)) {
    const text = t`${address} accepted no WebSocket: ${message}; check path and port.`;
    return new PoolError('MQTT_BAD_PROTOCOL', text, { kind: 'refused', cause });
  }
  return message
    ? new PoolError('MQTT_BROKER_UNREACHABLE', t`No connection to ${address}: ${message}.`, { cause })
    : undefined;
}

function closedEarly({ address }: ConnectFailure): PoolError {
  const text = t`${address} closed the connection without an answer; check the port, and whether it wants TLS.`;
  return new PoolError('MQTT_CLOSED_EARLY', text);
}

function reachFault(code: string | undefined): string | undefined {
  return code && RESET.has(code) ? t`the connection was reset` : unreachableReason(code);
}

function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  // A host with several addresses fails with all their errors at once.
  if (cause instanceof AggregateError) return codeOf(cause.errors[0]);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}

function messageOf(cause: unknown): string | undefined {
  return cause instanceof Error && cause.message ? clause(cause.message) : undefined;
}

/** A broker of an earlier version answers MQTT 5 with a refusal, or just closes the connection. */
export function mayWantOlder(thrown: unknown): thrown is PoolError {
  return thrown instanceof PoolError && ['MQTT_BAD_PROTOCOL', 'MQTT_CLOSED_EARLY'].includes(thrown.code);
}
