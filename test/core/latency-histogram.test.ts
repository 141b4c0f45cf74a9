import assert from 'node:assert/strict';
import { LATENCY_BOUNDS_MILLIS, LatencyHistogram, turnMillis } from '../../src/core/latency';

describe('the latency histogram', () => {
  it('counts each time in the first bucket it fits, bounds included', () => {
    const histogram = new LatencyHistogram();
    for (const bound of LATENCY_BOUNDS_MILLIS) histogram.observe(bound);
    histogram.observe(0);
    histogram.observe(10_001, 3);
    const { counts, count, sumMillis } = histogram.snapshot();
    assert.deepEqual(counts, [2, ...LATENCY_BOUNDS_MILLIS.slice(1).map(() => 1), 3]);
    assert.equal(count, LATENCY_BOUNDS_MILLIS.length + 4);
    assert.equal(sumMillis, LATENCY_BOUNDS_MILLIS.reduce((sum, bound) => sum + bound, 0) + 3 * 10_001);
  });

  it('passes over what is not a time', () => {
    const histogram = new LatencyHistogram();
    for (const odd of [Number.NaN, -1, Number.POSITIVE_INFINITY]) histogram.observe(odd);
    assert.equal(histogram.snapshot().count, 0);
  });

  it('reads the clock once per turn', async () => {
    const first = turnMillis();
    while (performance.now() <= first) continue;
    assert.equal(turnMillis(), first);
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(turnMillis() > first);
  });
});
