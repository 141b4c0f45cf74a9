/** Durations, sizes, rates and the small line: the arithmetic behind what the sidebar says. */
import assert from 'node:assert/strict';
import { digitsFor, duration, linePoints, remaining, size } from '../../src/editor/sidebar/measures.mjs';

describe('the measures of the sidebar', () => {
  it('tells durations in the largest unit that fits', () => {
    const told = [-5, 0, 999, 1000, 59_999, 60_000, 3_599_999, 3_600_000, 86_399_999, 86_400_000, 1e11].map(duration);
    assert.deepEqual(
      told.map(({ unit, count }) => `${count} ${unit}`),
      [
        '0 seconds',
        '0 seconds',
        '0 seconds',
        '1 seconds',
        '59 seconds',
        '1 minutes',
        '59 minutes',
        '1 hours',
        '23 hours',
        '1 days',
        '1157 days',
      ],
    );
  });

  it('counts down to 1 s and not to 0 s', () => {
    assert.deepEqual(remaining(1), { unit: 'seconds', count: 1 });
    assert.deepEqual(remaining(1000), { unit: 'seconds', count: 1 });
    assert.deepEqual(remaining(1001), { unit: 'seconds', count: 2 });
    assert.deepEqual(remaining(59_001), { unit: 'minutes', count: 1 });
  });

  it('tells sizes with at most three digits before the point', () => {
    const told = [0, 1, 999, 1000, 999_499, 999_500, 1e9, 5e12].map(size);
    assert.deepEqual(
      told.map(({ value, unit }) => `${value} ${unit}`),
      ['0 B', '1 B', '999 B', '1 kB', '999.499 kB', '0.9995 MB', '1 GB', '5000 GB'],
    );
  });

  it('gives small numbers digits after the point', () => {
    assert.deepEqual([0, 0.04, 0.3, 9.94, 9.95, 120].map(digitsFor), [0, 2, 1, 1, 0, 0]);
  });

  it('draws the latest sample at the right edge, and the highest at the top', () => {
    assert.equal(linePoints([], 60, 60, 16), '');
    assert.equal(linePoints([3], 60, 60, 16), '');
    assert.equal(linePoints([0, 2, 1], 5, 40, 10), '20,10 30,0 40,5');
    assert.equal(linePoints([0, 0], 3, 20, 10), '10,10 20,10');
  });
});
