/** MQTT reason codes in plain words (MQTT 5.0, 2.4; MQTT 3.1.1, 3.2.2.3 and 3.9.3). */
const REASONS: Readonly<Record<number, string>> = {
  0x80: 'no reason given',
  0x81: 'malformed packet',
  0x82: 'protocol error',
  0x83: 'refused by a rule of this broker',
  0x84: 'protocol version not supported',
  0x85: 'client id not valid',
  0x86: 'bad user name or password',
  0x87: 'not authorised',
  0x88: 'broker unavailable',
  0x89: 'broker busy',
  0x8a: 'client is banned',
  0x8b: 'broker is shutting down',
  0x8c: 'bad authentication method',
  0x8d: 'keep-alive timed out',
  0x8e: 'another client took over the client id',
  0x8f: 'topic filter not valid',
  0x90: 'topic name not valid',
  0x91: 'packet identifier in use',
  0x92: 'packet identifier not found',
  0x93: 'too many unacknowledged messages (receive maximum)',
  0x94: 'topic alias not valid',
  0x95: 'packet too large',
  0x96: 'message rate too high',
  0x97: 'quota exceeded',
  0x98: 'disconnected by an administrator',
  0x99: 'payload format not valid',
  0x9a: 'retained messages not supported',
  0x9b: 'QoS not supported',
  0x9c: 'use another broker',
  0x9d: 'broker has moved',
  0x9e: 'shared subscriptions not supported',
  0x9f: 'connection rate exceeded',
  0xa0: 'connected for the longest time allowed',
  0xa1: 'subscription identifiers not supported',
  0xa2: 'wildcard subscriptions not supported',
};

export function reasonText(code: number): string {
  return REASONS[code] ?? `reason code ${code}`;
}

/** Return codes of a 3.1 or 3.1.1 CONNACK as the MQTT 5 reason codes of the same meaning. */
export function connackReason(code: number): number {
  return [0, 0x84, 0x85, 0x88, 0x86, 0x87][code] ?? code;
}
