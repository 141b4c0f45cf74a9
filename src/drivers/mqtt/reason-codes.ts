/** MQTT reason codes in plain words (MQTT 5.0, 2.4; MQTT 3.1.1, 3.2.2.3 and 3.9.3). */
import { t } from '../../core/wording';

const REASONS: Readonly<Record<number, () => string>> = {
  0x80: () => t`no reason given`,
  0x81: () => t`malformed packet`,
  0x82: () => t`protocol error`,
  0x83: () => t`refused by a rule of this broker`,
  0x84: () => t`protocol version not supported`,
  0x85: () => t`client id not valid`,
  0x86: () => t`bad user name or password`,
  0x87: () => t`not authorised`,
  0x88: () => t`broker unavailable`,
  0x89: () => t`broker busy`,
  0x8a: () => t`client is banned`,
  0x8b: () => t`broker is shutting down`,
  0x8c: () => t`bad authentication method`,
  0x8d: () => t`keep-alive timed out`,
  0x8e: () => t`another client took over the client id`,
  0x8f: () => t`topic filter not valid`,
  0x90: () => t`topic name not valid`,
  0x91: () => t`packet identifier in use`,
  0x92: () => t`packet identifier not found`,
  0x93: () => t`too many unacknowledged messages (receive maximum)`,
  0x94: () => t`topic alias not valid`,
  0x95: () => t`packet too large`,
  0x96: () => t`message rate too high`,
  0x97: () => t`quota exceeded`,
  0x98: () => t`disconnected by an administrator`,
  0x99: () => t`payload format not valid`,
  0x9a: () => t`retained messages not supported`,
  0x9b: () => t`QoS not supported`,
  0x9c: () => t`use another broker`,
  0x9d: () => t`broker has moved`,
  0x9e: () => t`shared subscriptions not supported`,
  0x9f: () => t`connection rate exceeded`,
  0xa0: () => t`connected for the longest time allowed`,
  0xa1: () => t`subscription identifiers not supported`,
  0xa2: () => t`wildcard subscriptions not supported`,
};

export function reasonText(code: number): string {
  return REASONS[code]?.() ?? t`reason code ${code}`;
}

/** Return codes of a 3.1 or 3.1.1 CONNACK as the MQTT 5 reason codes of the same meaning. */
export function connackReason(code: number): number {
  return [0, 0x84, 0x85, 0x88, 0x86, 0x87][code] ?? code;
}
