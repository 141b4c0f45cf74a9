/** The demo as a person starts it: a process of its own, which must tell the truth and leave nothing behind. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(__dirname, '..', '..', '..', 'scripts', 'start.mjs');

interface Run {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

describe('the demo', function () {
  this.timeout(60_000);

  let temporary: string;
  let children: ChildProcess[];

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'pool-demo-test-'));
    children = [];
  });

  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(temporary, { recursive: true, force: true });
  });

  function start(args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [script, ...args], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return child;
  }

  async function ended(child: ChildProcess): Promise<Run> {
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
        text[name] += chunk;
      });
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, lines: text.stdout.trimEnd().split('\n'), errors: text.stderr };
  }

  function figures(run: Run): Record<string, number> {
    return JSON.parse(run.lines.at(-1) ?? '') as Record<string, number>;
  }

  it('measures one connection and no loss, twice side by side', async () => {
    const runs = await Promise.all([1, 2].map(() => ended(start(['--seconds', '2', '--json']))));
    for (const run of runs) {
      assert.equal(run.code, 0, run.errors);
      const { sent, received, ...others } = figures(run);
      assert.deepEqual(others, { nodes: 20, profiles: 4, connections: 1, lost: 0 });
      assert.ok(sent !== undefined && sent > 100, `${sent} sent`);
      assert.ok(received !== undefined && received > sent, `${received} received`);
    }
    assert.deepEqual(readdirSync(temporary), []);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends cleanly on ${signal}`, async () => {
      const child = start(['--json']);
      const end = ended(child);
      await new Promise<void>((resolve) => {
        child.stderr?.on('data', (chunk) => String(chunk).includes('messages/s') && resolve());
      });
      child.kill(signal);
      const run = await end;
      assert.equal(run.code, 0, run.errors);
      assert.equal(figures(run)['lost'], 0);
      assert.deepEqual(readdirSync(temporary), []);
    });
  }

  it('says in one line how it is used', async () => {
    const run = await ended(start(['--seconds', 'soon']));
    assert.equal(run.code, 1);
    assert.match(run.errors, /Usage: npm start/);
  });
});
