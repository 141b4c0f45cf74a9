/** TLS of a profile: what its `tls-config` node holds, in the driver's form. */
import { PoolError } from '../core/errors';
import type { MqttTls } from '../drivers/mqtt/profile';
import { defined, readBoolean, type Settings } from './settings-readers';

/** What this package uses of Node-RED's `tls-config` node. */
interface TlsConfigNode {
  readonly valid?: boolean;
  addTLSOptions(options: Record<string, unknown>): unknown;
}

/**
 * @param tlsNode the node of the profile's `tls` property; undefined when the property is empty, null when there is no
 *   such node any more
 * @throws PoolError `MQTT_TLS` instead of connecting with less than was asked for
 */
export function readTls(settings: Settings, tlsNode: unknown): MqttTls {
  // Profiles moved over from the core node say whether to verify; others always do unless their TLS node doesn't.
  const verify = readBoolean(settings, 'verifyservercert', true);
  if (tlsNode === undefined) return { rejectUnauthorized: verify };
  if (!isTlsConfigNode(tlsNode)) {
    throw tlsError('The TLS configuration of the connection profile is missing; choose another one or none.');
  }
  if (tlsNode.valid === false) {
    throw tlsError('A certificate or key of the TLS configuration could not be read; check its files.');
  }
  const options: Record<string, unknown> = {};
  tlsNode.addTLSOptions(options);
  const { ca, cert, key, pfx, passphrase, servername, ALPNProtocols, rejectUnauthorized } = options;
  const found = { ca, cert, key, pfx, passphrase, servername, ALPNProtocols };
  return { ...defined(found), rejectUnauthorized: (rejectUnauthorized ?? verify) !== false } as MqttTls;
}

function isTlsConfigNode(node: unknown): node is TlsConfigNode {
  return (
    typeof node === 'object' && node !== null && 'addTLSOptions' in node && typeof node.addTLSOptions === 'function'
  );
}

function tlsError(message: string): PoolError {
  return new PoolError('MQTT_TLS', message, { kind: 'refused' });
}
