/** Why TLS could not be agreed on, in words a person can act on; the drivers put them into their errors. */

const NO_TLS = 'the server speaks no TLS on this port; choose its port for TLS, or switch TLS off';
const UNTRUSTED =
  'its certificate is signed by nobody who is trusted here; set the certificate of its CA in the TLS settings';
const WANTS_CERTIFICATE = 'the server wants a client certificate that it trusts; set one in the TLS settings';

const ADVICE: Readonly<Record<string, string>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  CERT_HAS_EXPIRED: 'its certificate has expired; have it renewed',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; check the clocks of both sides',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: WANTS_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: WANTS_CERTIFICATE,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: WANTS_CERTIFICATE,
};

/** Of the names in a certificate; more are left out. */
const MOST_NAMES = 200;

/** @returns what is wrong and what to change, without a full stop; undefined if nothing better is known than the message */
export function tlsAdvice(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { code, message, cert } = cause as { code?: unknown; message: string; cert?: { subjectaltname?: unknown } };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    const names = typeof cert?.subjectaltname === 'string' ? ` (${cert.subjectaltname.slice(0, MOST_NAMES)})` : '';
    return `its certificate is for other names${names}; connect to one of them, or set the server name in the TLS settings`;
  }
  if (code === 'EPROTO' && /wrong version number|packet length too long/i.test(message)) return NO_TLS;
  return typeof code === 'string' ? ADVICE[code] : undefined;
}

/** Whether the server hung up before TLS was agreed on, as those do that speak none. */
export function hungUpBeforeTls(cause: unknown): boolean {
  return cause instanceof Error && cause.message.startsWith('Client network socket disconnected before secure TLS');
}

/** For an error text of such a server. */
export const HUNG_UP_BEFORE_TLS = `closed the connection before TLS was agreed on; most likely ${NO_TLS}`;
