/** Writes a configuration of mosquitto 2 into a directory of its own. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './ports';

export interface BrokerCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** Ask clients for a certificate. @default false */
  readonly requireCertificate?: boolean;
}

export interface MosquittoOptions {
  readonly port?: number;
  /** Send a copy per overlapping subscription to clients of 3.1.1 (5 always gets one). @default false */
  readonly allowDuplicates?: boolean;
  /** Users with their passwords; without it everyone may connect. */
  readonly users?: Readonly<Record<string, string>>;
  /** Content of an ACL file. */
  readonly acl?: string;
  /** Keep retained messages and sessions on disk over `restart()`. @default false */
  readonly persistence?: boolean;
  /** Highest QoS the listener takes. */
  readonly maximumQos?: 0 | 1 | 2;
  readonly retainAvailable?: boolean;
  readonly tls?: BrokerCertificates;
  /** Listen for WebSockets instead of plain TCP. @default false */
  readonly websockets?: boolean;
  /** `all` lets tests count packets, `little` is for tests with many messages. @default 'all' */
  readonly log?: 'all' | 'little';
  /** More lines of the configuration. */
  readonly extra?: readonly string[];
}

/** Writes the configuration and what it refers to; returns the path of the configuration file. */
export async function writeMosquittoConfig(
  directory: string,
  port: number,
  options: MosquittoOptions,
): Promise<string> {
  const lines = [
    'user root',
    'per_listener_settings false',
    'set_tcp_nodelay true',
    `allow_duplicate_messages ${options.allowDuplicates ?? false}`,
    'max_queued_messages 20000',
    'log_dest stderr',
    'log_timestamp false',
    ...((options.log ?? 'all') === 'all'
      ? ['log_type all']
      : ['log_type error', 'log_type warning', 'log_type notice', 'log_type information']),
  ];
  if (options.users === undefined) lines.push('allow_anonymous true');
  else lines.push('allow_anonymous false', `password_file ${await passwordFile(directory, options.users)}`);
  if (options.acl !== undefined) lines.push(`acl_file ${await written(directory, 'acl', options.acl)}`);
  if (options.persistence === true) lines.push('persistence true', `persistence_location ${directory}/`);
  if (options.retainAvailable === false) lines.push('retain_available false');
  lines.push(...(options.extra ?? []));
  // mosquitto 2.0 counts only plain listeners and ends when there is none.
  if (options.websockets === true) lines.push(`listener ${await freePort()} 127.0.0.1`);
  lines.push(`listener ${port} 127.0.0.1`);
  if (options.maximumQos !== undefined) lines.push(`max_qos ${options.maximumQos}`);
  if (options.websockets === true) lines.push('protocol websockets');
  if (options.tls !== undefined) {
    lines.push(
      `cafile ${await written(directory, 'ca.pem', options.tls.ca)}`,
      `certfile ${await written(directory, 'cert.pem', options.tls.cert)}`,
      `keyfile ${await written(directory, 'key.pem', options.tls.key)}`,
      `require_certificate ${options.tls.requireCertificate ?? false}`,
    );
  }
  return written(directory, 'mosquitto.conf', `${lines.join('\n')}\n`);
}

async function written(directory: string, name: string, content: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

async function passwordFile(directory: string, users: Readonly<Record<string, string>>): Promise<string> {
  const lines = Object.entries(users).map(([user, password]) => `${user}:${password}\n`);
  const path = await written(directory, 'passwords', lines.join(''));
  await promisify(execFile)('mosquitto_passwd', ['-U', path]);
  return path;
}
