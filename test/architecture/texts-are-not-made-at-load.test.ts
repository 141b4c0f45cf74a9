/** A text that is made while a file is loaded would stay in English: the language is not known yet. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';

const sources = dirname(require.resolve('../../src/index.js'));

/** Runs by itself: here, most files are loaded already. */
const LOAD_ALL = `
  const { readdirSync } = require('node:fs');
  const { join } = require('node:path');
  const { speak } = require(join(process.argv[1], 'core', 'wording.js'));
  const asked = [];
  speak(new Proxy({}, { getOwnPropertyDescriptor: (_, key) => void asked.push(key) }));
  const files = readdirSync(process.argv[1], { recursive: true }).filter((name) => name.endsWith('.js') && !name.startsWith('editor'));
  for (const file of files) require(join(process.argv[1], file));
  process.stdout.write(JSON.stringify({ asked, files: files.length }));
  process.exit();
`;

describe('texts of the runtime', () => {
  it('are not made while files are loaded', () => {
    const said = execFileSync(process.execPath, ['-e', LOAD_ALL, sources], { encoding: 'utf8' });
    const { asked, files } = JSON.parse(said) as { asked: string[]; files: number };
    assert.ok(files > 100, `only ${files} files were loaded`);
    assert.deepEqual(asked, []);
  });
});
