/** Why TLS could not be agreed on, in words a person can act on; the drivers put them into their errors. */
import { t } from './wording';

const noTls = () => t`the server speaks no TLS on this port; choose its port for TLS, or switch TLS off`;
const untrusted = () =>
  t`its certificate is signed by nobody who is trusted here; set the certificate of its CA in the TLS settings`;
const wantsCertificate = () => t`the server wants a client certificate that it trusts; set one in the TLS settings`;

const ADVICE: Readonly<Record<string, () => string>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  CERT_HAS_EXPIRED: () => t`its certificate has expired; have it renewed`,
  CERT_NOT_YET_VALID: () => t`its certificate is not valid yet; check the clocks of both sides`,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: wantsCertificate,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: wantsCertificate,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: wantsCertificate,
};

/** Of the names in a certificate; more are left out. */
const MOST_NAMES = 200;

/** @returns what is wrong and what to change, without a full stop; undefined if nothing better is known than the message */
export function tlsAdvice(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { code, message, cert } = cause as { code?: unknown; message: string; cert?: { subjectaltname?: unknown } };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    const names = typeof cert?.subjectaltname === 'string' ? ` (${cert.subjectaltname.slice(0, MOST_NAMES)})` : '';
    return t`its certificate is for other names${names}; connect to one of them, or set the server name in the TLS settings`;
  }
  if (code === 'EPROTO' && /wrong version number|packet length too long/i.test(message)) return noTls();
  return typeof code === 'string' ? ADVICE[code]?.() : undefined;
}

/** Whether the server hung up before TLS was agreed on, as those do that speak none. */
export function hungUpBeforeTls(cause: unknown): boolean {
  return cause instanceof Error && cause.message.startsWith('Client network socket disconnected before secure TLS');
}

/** The error text for such a server. */
export function hungUpText(address: string): string {
  return t`${address} closed the connection before TLS was agreed on; most likely the server speaks no TLS on this port; choose its port for TLS, or switch TLS off.`;
}
