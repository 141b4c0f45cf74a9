/** The messages in test/fixtures/edgex, as they are on the wire. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root';

export interface EdgexFixture {
  readonly name: string;
  readonly bytes: Buffer;
}

const folder = join(packageRoot, 'test', 'fixtures', 'edgex');

/** All fixtures by name. */
export function edgexFixtures(): readonly EdgexFixture[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => ({ name: file.slice(0, -'.json'.length), bytes: bytesOf(file) }));
}

/** One message by name. */
export function edgexFixture(name: string): Buffer {
  return bytesOf(`${name}.json`);
}

/** CBOR is kept as hex, JSON as it is. */
function bytesOf(file: string): Buffer {
  const bytes = readFileSync(join(folder, file));
  const hex = /^\{\s*"hex":\s*"([0-9a-f]+)"\s*\}\s*$/.exec(bytes.toString('utf8'))?.[1];
  return hex === undefined ? bytes : Buffer.from(hex, 'hex');
}
