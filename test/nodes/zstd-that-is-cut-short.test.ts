/** Zstd that was cut short is noticed at every length, without decompressing it. */
import assert from 'node:assert/strict';
import { isWholeZstd } from '../../src/runtime/zstd-frames';

const FRAMES = {
  'a single segment': '28b52ffd2001090000' + '78',
  'a checksum': '28b52ffd2403190000616263' + '01020304',
  'a run': '28b52ffd20ff030800' + '61',
  'two blocks': '28b52ffd0058' + '080000' + '61' + '090000' + '62',
  'two frames': '28b52ffd2001090000' + '78' + '28b52ffd2001090000' + '79',
  'a frame to skip first': '502a4d1802000000' + 'ffff' + '28b52ffd2001090000' + '78',
  'a size of two bytes': '28b52ffd600000' + '090000' + '61',
};

describe('zstd that is cut short', () => {
  for (const [name, hex] of Object.entries(FRAMES)) {
    it(`is noticed: ${name}`, () => {
      const whole = Buffer.from(hex, 'hex');
      assert.ok(isWholeZstd(whole));
      const ends = [...whole.keys()].filter((length) => isWholeZstd(whole.subarray(0, length)));
      // A cut between frames leaves whole frames.
      assert.deepEqual(ends, BETWEEN[name] ?? []);
      assert.ok(!isWholeZstd(Buffer.concat([whole, Buffer.from('junk')])));
    });
  }
});

const BETWEEN: Readonly<Record<string, number[]>> = { 'two frames': [10], 'a frame to skip first': [10] };
