/** TLS of a profile: what its `tls-config` node holds, as `tls.connect` takes it. */
import { PoolError } from '../core/errors';
import { defined, readBoolean, type Settings } from './settings-readers';
import { t } from '../core/wording';

/** TLS options that are set, and whether to verify the server. The drivers' own types say more of each. */
export interface TlsSettings {
  readonly ca?: unknown;
  readonly cert?: unknown;
  readonly key?: unknown;
  readonly pfx?: unknown;
  readonly passphrase?: unknown;
  readonly servername?: unknown;
  readonly ALPNProtocols?: unknown;
  readonly rejectUnauthorized: boolean;
}

/** What this package uses of Node-RED's `tls-config` node. */
interface TlsConfigNode {
  readonly valid?: boolean;
  addTLSOptions(options: Record<string, unknown>): unknown;
}

/**
 * @param tlsNode the node of the profile's `tls` property; undefined when the property is empty, null when there is no
 *   such node any more
 * @param code of the error
 * @throws PoolError instead of connecting with less than was asked for
 */
export function readTls(settings: Settings, tlsNode: unknown, code: string): TlsSettings {
  // Profiles moved over from the core node say whether to verify; others always do unless their TLS node doesn't.
  const verify = readBoolean(settings, 'verifyservercert', true);
  if (tlsNode === undefined) return { rejectUnauthorized: verify };
  if (!isTlsConfigNode(tlsNode)) {
    throw tlsError(code, t`The TLS configuration of the connection profile is missing; choose another one or none.`);
  }
  if (tlsNode.valid === false) {
    throw tlsError(code, t`A certificate or key of the TLS configuration could not be read; check its files.`);
  }
  const options: Record<string, unknown> = {};
  tlsNode.addTLSOptions(options);
  const { ca, cert, key, pfx, passphrase, servername, ALPNProtocols, rejectUnauthorized } = options;
  const found = { ca, cert, key, pfx, passphrase, servername, ALPNProtocols };
  return { ...defined(found), rejectUnauthorized: (rejectUnauthorized ?? verify) !== false };
}

function isTlsConfigNode(node: unknown): node is TlsConfigNode {
  return (
    typeof node === 'object' && node !== null && 'addTLSOptions' in node && typeof node.addTLSOptions === 'function'
  );
}

function tlsError(code: string, message: string): PoolError {
  return new PoolError(code, message, { kind: 'refused' });
}
