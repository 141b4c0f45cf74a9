/** A `tls-config` node that is in the editor only, or was changed there: for a test, what it would be after a deploy. */
import { readFileSync } from 'node:fs';
import type { AdminRuntime } from './route';
import { readBoolean, readText, type Settings } from '../settings-readers';

/** What the editor has of it. */
export interface UnsavedTls {
  readonly id: string;
  readonly settings: Settings;
  /** Those that were typed; the others are stored. */
  readonly credentials: Settings;
}

/** Does to options what Node-RED's node of this type does; one that would not work there is not valid here. */
export function unsavedTlsNode(RED: AdminRuntime, { id, settings, credentials }: UnsavedTls, stored: string) {
  const kept = (RED.nodes.getCredentials(id) as Settings | null) ?? {};
  const typed = Object.entries(credentials).filter(([, value]) => value !== stored);
  const given = { ...kept, ...Object.fromEntries(typed) };
  const options: Record<string, unknown> = { rejectUnauthorized: readBoolean(settings, 'verifyservercert', true) };
  const put = (name: string, value: unknown) => {
    if (value !== undefined && value !== '') options[name] = value;
  };
  put('servername', readText(settings, 'servername').trim());
  const protocol = readText(settings, 'alpnprotocol').trim();
  put('ALPNProtocols', protocol === '' ? undefined : [protocol]);
  put('passphrase', readText(given, 'passphrase'));
  const names = ['cert', 'key', 'ca'] as const;
  const paths = names.map((name) => readText(settings, name).trim());
  const fromFiles = paths.some((path) => path !== '');
  let valid = !fromFiles || (RED.settings as unknown as Settings)['tlsConfigDisableLocalFiles'] !== true;
  for (const [index, name] of names.entries()) {
    try {
      const path = paths[index] ?? '';
      if (!fromFiles) put(name, readText(given, `${name}data`));
      else if (valid && path !== '') put(name, readFileSync(path));
    } catch {
      valid = false;
    }
  }
  if ((options['cert'] === undefined) !== (options['key'] === undefined)) valid = false;
  return { valid, addTLSOptions: (target: Record<string, unknown>) => Object.assign(target, options) };
}
