import assert from 'node:assert/strict';
import { PoolError } from '../../src/core/errors';
import { Pool } from '../../src/core/pool';
import { expositionText } from '../../src/runtime/metrics/exposition';
import { poolFamilies } from '../../src/runtime/metrics/pool-families';
import { type ParsedFamily, parseExposition } from '../support/exposition-parser';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('the metrics of the pool', () => {
  const teardown = useTeardown();
  const scrape = (pool: Pool): Map<string, ParsedFamily> =>
    parseExposition(expositionText(poolFamilies(pool.snapshot())));

  function values(families: Map<string, ParsedFamily>, name: string, labels: Record<string, string> = {}): number[] {
    const wanted = Object.entries(labels);
    const samples = families.get(`connection_pool_${name}`)?.samples ?? [];
    return samples
      .filter((sample) => wanted.every(([key, value]) => sample.labels[key] === value))
      .map(({ value }) => value);
  }

  it('of a pool without connections say just that', () => {
    const families = scrape(teardown.closeLater(new Pool()));
    assert.deepEqual([...families.keys()], ['connection_pool_connections']);
    assert.deepEqual(values(families, 'connections'), [0]);
  });

  it('tell state, references, messages, bytes, errors, reconnects, queue and latency of each connection', async () => {
    const pool = teardown.closeLater(new Pool({ backoff: { initialMillis: 1 } }));
    const driver = new FakeDriver();
    const lease = pool.acquire(driver, { host: 'a' }, borrower());
    pool.acquire(driver, { host: 'a' }, borrower());
    pool.acquire(driver, { host: 'b' }, borrower(), { autoConnect: false });
    await reached(lease, 'connected');
    const [connection] = driver.opened;
    assert.ok(connection);
    connection.context.lost(new PoolError('GONE', 'Gone.'));
    await reached(lease, 'connected');
    const { counters, latency } = connection.context;
    Object.assign(counters, { messagesIn: 3, messagesOut: 4, bytesIn: 50, bytesOut: 60, refused: 2 });
    latency?.observe(3);
    latency?.observe(20_000);
    const families = scrape(pool);
    const a = { type: 'fake', address: 'fake://a' };
    assert.deepEqual(values(families, 'connections'), [2]);
    assert.deepEqual(values(families, 'connection_state', { ...a, state: 'connected' }), [1]);
    assert.deepEqual(values(families, 'connection_state', { ...a, state: 'waiting' }), [0]);
    assert.deepEqual(values(families, 'connection_state', { address: 'fake://b', state: 'idle' }), [1]);
    assert.deepEqual(values(families, 'connection_references'), [2, 1]);
    assert.deepEqual(values(families, 'connection_paused', a), [0]);
    assert.deepEqual(values(families, 'connection_state_since_seconds', a), [lease.state.since / 1000]);
    assert.deepEqual(values(families, 'messages_total', a), [3, 4]);
    assert.deepEqual(values(families, 'bytes_total', { ...a, direction: 'out' }), [60]);
    assert.deepEqual(values(families, 'errors_total', { ...a, kind: 'loss' }), [1]);
    assert.deepEqual(values(families, 'errors_total', { ...a, kind: 'message' }), [2]);
    assert.deepEqual(values(families, 'reconnects_total', a), [1]);
    assert.deepEqual(values(families, 'queued_messages', a), [0]);
    const duration = families.get('connection_pool_message_duration_seconds');
    const ofA = duration?.samples.filter(({ labels }) => labels['address'] === 'fake://a') ?? [];
    assert.deepEqual(
      ofA.filter(({ labels }) => ['0.002', '0.005', '+Inf'].includes(labels['le'] ?? '')).map(({ value }) => value),
      [0, 1, 2],
    );
    assert.equal(ofA.find(({ name }) => name.endsWith('_sum'))?.value, 20.003);
  });

  it('keep odd letters of an address, and tell no secret', () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const host = 'a "quoted\\ host"\nand\\n a second line';
    pool.acquire(driver, { host, password: 'hush-hush' }, borrower(), { autoConnect: false });
    const text = expositionText(poolFamilies(pool.snapshot()));
    assert.ok(!text.includes('hush-hush'));
    const [sample] = parseExposition(text).get('connection_pool_connection_references')?.samples ?? [];
    assert.equal(sample?.labels['address'], `fake://${host}`);
  });

  it('count what is beyond 200 connections together, so that their number is bounded', () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const other = new FakeDriver('another');
    for (let index = 0; index < 250; index += 1) {
      pool.acquire(driver, { host: `host-${index}` }, borrower(), { autoConnect: false });
      driver.latest.context.counters.messagesIn = 1;
    }
    for (let index = 0; index < 3; index += 1) {
      pool.acquire(other, { host: `host-${index}` }, borrower(), { autoConnect: false });
    }
    const families = scrape(pool);
    assert.equal(values(families, 'connection_references').length, 202);
    const others = { address: 'other', connection: 'other' };
    assert.deepEqual(values(families, 'connection_references', others), [50, 3]);
    assert.deepEqual(values(families, 'messages_total', { ...others, type: 'fake', direction: 'in' }), [50]);
    assert.deepEqual(values(families, 'connection_state', { ...others, type: 'another', state: 'idle' }), [3]);
    assert.deepEqual(values(families, 'connections'), [253]);
  });

  it('tell dedicated connections with equal settings apart', () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    for (const id of ['one', 'two'])
      pool.acquire(driver, { host: 'a' }, borrower(id), { dedicated: true, autoConnect: false });
    pool.acquire(driver, { host: 'a' }, borrower(), { autoConnect: false });
    const samples = scrape(pool).get('connection_pool_connection_references')?.samples ?? [];
    assert.equal(new Set(samples.map(({ labels }) => labels['connection'])).size, 3);
  });
});

describe('the parser of the metrics', () => {
  const head = '# HELP a A.\n# TYPE a gauge\n';
  const bad: readonly (readonly [string, string])[] = [
    ['a last line that does not end', `${head}a 1`],
    ['a sample without a family', 'a 1\n'],
    ['a sample of another family', `${head}b 1\n`],
    ['a quote that is not escaped', `${head}a{x="""} 1\n`],
    ['an unknown escape', `${head}a{x="\\t"} 1\n`],
    ['a series that is told twice', `${head}a{x="1",y="2"} 1\na{y="2",x="1"} 1\n`],
    ['no number', `${head}a x\n`],
    ['a type without help', '# TYPE a gauge\na 1\n'],
    [
      'a histogram that does not end with all',
      '# HELP a A.\n# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\n',
    ],
  ];
  for (const [what, text] of bad) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parseExposition(text));
    });
  }
});
