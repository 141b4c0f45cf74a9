import assert from 'node:assert/strict';
import type { PoolError } from '../../src/core/errors';
import { parseCron } from '../../src/runtime/http/cron';

/** Local times, as year-month-day hour:minute. */
function following(cron: string, start: string, count: number): string[] {
  const times = parseCron(cron);
  const found: string[] = [];
  let time = new Date(start);
  for (let index = 0; index < count; index += 1) {
    const next = times.next(time);
    if (!next) break;
    const two = (number: number) => String(number).padStart(2, '0');
    found.push(
      `${next.getFullYear()}-${two(next.getMonth() + 1)}-${two(next.getDate())} ${two(next.getHours())}:${two(next.getMinutes())}`,
    );
    time = next;
  }
  return found;
}

describe('times of cron', () => {
  for (const [cron, start, expected] of [
    ['* * * * *', '2026-03-02T10:00:30', ['2026-03-02 10:01', '2026-03-02 10:02']],
    ['0 10 * * *', '2026-03-02T10:00:00', ['2026-03-03 10:00']],
    ['*/20 8-9 * * *', '2026-03-02T08:30:00', ['2026-03-02 08:40', '2026-03-02 09:00', '2026-03-02 09:20']],
    ['5/25 0 * * *', '2026-03-02T00:00:00', ['2026-03-02 00:05', '2026-03-02 00:30', '2026-03-02 00:55']],
    ['0 0 1,15 * *', '2026-01-01T00:00:00', ['2026-01-15 00:00', '2026-02-01 00:00']],
    ['0 12 * * mon-fri', '2026-02-27T13:00:00', ['2026-03-02 12:00', '2026-03-03 12:00']],
    ['0 12 * * 7', '2026-03-02T00:00:00', ['2026-03-08 12:00']],
    ['0 12 * * 5-7', '2026-03-02T00:00:00', ['2026-03-06 12:00', '2026-03-07 12:00', '2026-03-08 12:00']],
    ['0 12 * * sat-sun', '2026-03-02T00:00:00', ['2026-03-07 12:00', '2026-03-08 12:00', '2026-03-14 12:00']],
    ['0 0 1 jan *', '2026-03-02T00:00:00', ['2027-01-01 00:00']],
    ['0 0 29 2 *', '2026-03-02T00:00:00', ['2028-02-29 00:00']],
    ['0 0 31 * *', '2026-03-31T00:00:00', ['2026-05-31 00:00']],
    // Both days restricted: either will do.
    ['0 0 13 * fri', '2026-03-09T00:00:00', ['2026-03-13 00:00', '2026-03-20 00:00']],
    ['0 0 1 * mon', '2026-03-02T00:00:00', ['2026-03-09 00:00']],
    ['0 0 30 2 *', '2026-03-02T00:00:00', []],
  ] as const) {
    it(`${cron} after ${start}`, () => {
      assert.deepEqual(following(cron, start, Math.max(1, expected.length)), expected);
    });
  }

  it('go by the time that really passes when clocks are changed, those of a set hour once a day', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Europe/Berlin';
    try {
      const iso = (cron: string, start: string, count: number) => {
        const times = parseCron(cron);
        const found: string[] = [];
        for (let time = new Date(start); found.length < count; found.push(time.toISOString().slice(5, 16))) {
          time = times.next(time) ?? assert.fail('no time');
        }
        return found;
      };
      // Back from 3 to 2 o'clock: the hour from 2 on comes twice.
      const repeated = iso('*/30 * * * *', '2026-10-24T23:45:00Z', 6);
      assert.deepEqual(repeated, [
        '10-25T00:00',
        '10-25T00:30',
        '10-25T01:00',
        '10-25T01:30',
        '10-25T02:00',
        '10-25T02:30',
      ]);
      assert.deepEqual(iso('30 2 * * *', '2026-10-24T12:00:00Z', 2), ['10-25T00:30', '10-26T01:30']);
      // On from 2 to 3 o'clock.
      assert.deepEqual(iso('*/30 * * * *', '2026-03-29T00:30:00Z', 3), ['03-29T01:00', '03-29T01:30', '03-29T02:00']);
      assert.deepEqual(iso('30 2 * * *', '2026-03-28T12:00:00Z', 2), ['03-29T01:30', '03-30T00:30']);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  for (const cron of [
    '',
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '5-1 * * * *',
    '*/0 * * * *',
    'a * * * *',
    '1,,2 * * * *',
    '* * * * * *',
    '1-2-3 * * * *',
    '*/1/2 * * * *',
    '1.5 * * * *',
    '-1 * * * *',
  ]) {
    it(`"${cron}" are none`, () => {
      assert.throws(
        () => parseCron(cron),
        (error: PoolError) => error.code === 'INVALID_CRON',
      );
    });
  }
});
