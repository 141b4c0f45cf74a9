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

interface Counts {
  readonly nodes: number;
  readonly profiles: number;
  readonly connections: number;
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
}

interface Figures extends Counts {
  readonly connectionsInAll?: number;
  readonly edgex: Omit<Counts, 'connections'>;
  readonly redis?: Counts & { readonly sockets: number };
}

describe('the demo', function () {
  this.timeout(120_000);

  let temporary: string;
  let children: ChildProcess[];

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'pool-demo-test-'));
    children = [];
  });

  afterEach(async () => {
    await Promise.all(children.map(end));
    rmSync(temporary, { recursive: true, force: true });
  });

  /** Politely first, so that a demo that is still running ends what it has started. */
  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 40_000);
    await exited;
    clearTimeout(timer);
  }

  function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
    const child = spawn(process.execPath, [script, ...args], {
      env: { ...process.env, TMPDIR: temporary, ...environment },
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

  function figures(run: Run): Figures {
    return JSON.parse(run.lines.at(-1) ?? '') as Figures;
  }

  it('measures one connection to each server and no loss, twice side by side', async () => {
    const runs = await Promise.all([1, 2].map(() => ended(start(['--seconds', '2', '--json']))));
    for (const run of runs) {
      assert.equal(run.code, 0, run.errors);
      const { sent, received, redis, edgex, ...others } = figures(run);
      assert.deepEqual(others, { nodes: 24, profiles: 4, connections: 1, lost: 0, connectionsInAll: 2 });
      assert.ok(sent > 100, `${sent} sent`);
      assert.ok(received > sent, `${received} received`);
      // On both buses, without a connection more.
      assert.deepEqual([edgex.nodes, edgex.profiles, edgex.lost], [4, 2, 0]);
      assert.ok(edgex.sent > 4 && edgex.received === edgex.sent, `${edgex.sent} events`);
      assert.ok(redis, run.errors);
      const { sockets, sent: entries, ...otherOfRedis } = redis;
      assert.deepEqual(otherOfRedis, { nodes: 3, profiles: 2, connections: 1, received: entries, lost: 0 });
      assert.ok(sockets === 1 || sockets === 2, `${sockets} sockets`);
      assert.ok(entries > 50, `${entries} entries`);
    }
    assert.deepEqual(readdirSync(temporary), []);
  });

  it('shows MQTT alone, and says so, where no redis-server can be found', async () => {
    const run = await ended(start(['--seconds', '1', '--json'], { PATH: temporary }));
    assert.equal(run.code, 0, run.errors);
    assert.equal(run.errors.match(/^Redis: +none, so MQTT alone\. redis-server is missing: install it/gm)?.length, 1);
    const { sent, received, edgex, ...others } = figures(run);
    assert.deepEqual([edgex.nodes, edgex.profiles, edgex.lost], [2, 1, 0]);
    assert.deepEqual(others, { nodes: 20, profiles: 4, connections: 1, lost: 0 });
    assert.ok(received > sent && sent > 0, `${sent} sent, ${received} received`);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`ends cleanly on ${signal}`, async () => {
      const child = start(['--json']);
      const end = ended(child);
      await new Promise<void>((resolve) => {
        child.stderr?.on('data', (chunk) => String(chunk).includes('messages/s') && resolve());
      });
      child.kill(signal);
      const run = await end;
      assert.equal(run.code, 0, run.errors);
      const { lost, redis } = figures(run);
      assert.deepEqual([lost, redis?.lost], [0, 0]);
      assert.deepEqual(readdirSync(temporary), []);
    });
  }

  it('says in one line how it is used', async () => {
    const run = await ended(start(['--seconds', 'soon']));
    assert.equal(run.code, 1);
    assert.match(run.errors, /Usage: npm start/);
  });
});
