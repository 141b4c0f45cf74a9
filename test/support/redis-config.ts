/** Writes a configuration of redis-server into a directory of its own. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVER_CERTIFICATE, SERVER_KEY, TEST_CA } from './certificates';

export interface RedisOptions {
  /** @default a free one */
  readonly port?: number;
  /** Of the default user; nobody gets in without it. */
  readonly password?: string;
  /** Users, each as ACL SETUSER takes it: `alice on >secret ~* &* +@all`, `default off`. */
  readonly acl?: readonly string[];
  /** Take TLS instead of plain TCP, with the server's certificate of certificates.ts. @default false */
  readonly tls?: boolean;
  /** Listen at a socket file too; see `socketPath`. @default false */
  readonly unixSocket?: boolean;
  /** More lines of the configuration; they win over what is written without them (`appendonly: 'yes'`). */
  readonly config?: Readonly<Record<string, string>>;
}

/** What the tests' own clients log in with, whatever becomes of the default user. */
export const SUPPORT_USER = { username: 'test-support', password: 'test-support' };

/** Writes the configuration and what it refers to; returns the path of the configuration file. */
export async function writeRedisConfig(directory: string, port: number, options: RedisOptions): Promise<string> {
  const lines = [
    'bind 127.0.0.1',
    'protected-mode no',
    `dir ${directory}`,
    'save ""',
    'appendonly no',
    'shutdown-timeout 0',
    `port ${options.tls === true ? 0 : port}`,
  ];
  if (options.tls === true) {
    lines.push(
      `tls-port ${port}`,
      'tls-auth-clients no',
      `tls-ca-cert-file ${await written(directory, 'ca.pem', TEST_CA)}`,
      `tls-cert-file ${await written(directory, 'cert.pem', SERVER_CERTIFICATE)}`,
      `tls-key-file ${await written(directory, 'key.pem', SERVER_KEY)}`,
    );
  }
  if (options.unixSocket === true) lines.push(`unixsocket ${socketPath(directory)}`);
  if (options.password !== undefined) lines.push(`requirepass "${options.password}"`);
  for (const rule of options.acl ?? []) lines.push(`user ${rule}`);
  if (needsLogin(options)) lines.push(`user ${SUPPORT_USER.username} on >${SUPPORT_USER.password} ~* &* +@all`);
  for (const [name, value] of Object.entries(options.config ?? {}))
    lines.push(`${name} ${value === '' ? '""' : value}`);
  return written(directory, 'redis.conf', `${lines.join('\n')}\n`);
}

export function needsLogin(options: RedisOptions): boolean {
  return options.password !== undefined || options.acl !== undefined;
}

export function socketPath(directory: string): string {
  return join(directory, 'redis.sock');
}

async function written(directory: string, name: string, content: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
}
