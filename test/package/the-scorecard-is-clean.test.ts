/** The scorecard of Node-RED's flow library (`node-red-dev validate`) has nothing against the package. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { packageRoot } from '../support/package-root';
import { useTeardown } from '../support/teardown';

const CHECKS = ['P01', 'P03', 'P04', 'P05', 'P06', 'P07', 'P08', 'N01', 'N02', 'D01', 'D02', 'D03'];

describe('the scorecard of the flow library', function () {
  this.timeout(180_000);
  const teardown = useTeardown();

  it('is clean', async () => {
    const matrix = pathToFileURL(join(packageRoot, 'scripts', 'lib', 'matrix.mjs')).href;
    const { installPinned } = (await import(matrix)) as { installPinned: (name: string) => Promise<string> };
    const tool = await installPinned('scorecard');
    const folder = await mkdtemp(join(tmpdir(), 'scorecard-'));
    teardown.defer(() => rm(folder, { recursive: true, force: true }));
    const card = join(folder, 'card.json');
    const answers = join(__dirname, '..', 'support', 'scorecard-answers.js');
    const script = join(tool, 'node_modules', 'node-red-dev', 'bin', 'run');
    const args = ['--require', answers, script, 'validate', '--path', packageRoot, '--output', card];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      env: { ...process.env, SCORECARD: tool },
    });
    const checks = JSON.parse(await readFile(card, 'utf8')) as Readonly<Record<string, { readonly test: boolean }>>;
    const failed = CHECKS.filter((name) => checks[name]?.test !== true);
    assert.deepEqual(failed, [], `${stdout}\n${stderr}`);
  });
});
