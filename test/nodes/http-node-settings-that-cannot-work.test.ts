import assert from 'node:assert/strict';
import type { PoolError } from '../../src/core/errors';
import { readSinkSettings } from '../../src/runtime/http/http-sink-settings';
import { readSourceSettings } from '../../src/runtime/http/http-source-settings';
import { atCronTimes, everyMillis, runSchedule } from '../../src/runtime/http/schedule';
import { startHttpServer } from '../support/http-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { httpProfile, httpSource } from './http-flow';
import { caughtCode, catcher, recorder, startFlow, TAB } from './node-red';

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (thrown) {
    return (thrown as PoolError).code;
  }
  return 'none';
}

describe('settings of http nodes', () => {
  const teardown = useTeardown();

  for (const [field, value] of [
    ['bodyFormat', 'xml'],
    ['returns', 'yaml'],
    ['idempotency', 'maybe'],
    ['attempts', '0'],
    ['timeoutSeconds', '-1'],
  ] as const) {
    it(`of a sink are refused: ${field} ${value}`, () => {
      assert.equal(
        codeOf(() => readSinkSettings({ [field]: value })),
        'HTTP_INVALID_NODE',
      );
    });
  }

  for (const [field, value, code] of [
    ['when', 'sometimes', 'HTTP_INVALID_NODE'],
    ['intervalSeconds', '0', 'HTTP_INVALID_NODE'],
    ['paging', 'property', 'HTTP_INVALID_NODE'],
    ['stateType', 'jsonata', 'HTTP_INVALID_NODE'],
    ['maxPages', '0', 'HTTP_INVALID_NODE'],
    ['when', 'cron', 'INVALID_CRON'],
  ] as const) {
    it(`of a source are refused: ${field} ${value}`, () => {
      assert.equal(
        codeOf(() => readSourceSettings({ [field]: value })),
        code,
      );
    });
  }

  it('that can not work are said by the node and to each message', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const flow = await startFlow(teardown, [
      TAB,
      httpProfile(server.url),
      httpSource({ when: 'cron', cron: '61 * * * *', inputs: 1 }),
      recorder('caught'),
      catcher(),
    ]);
    const caught = flow.received('caught');
    await flow.shows('source', /"61" is no minute/);
    flow.send('source', {});
    await waitFor(() => caught.length === 1, 'the error');
    assert.equal(caughtCode(caught[0]), 'INVALID_CRON');
    assert.equal(server.seen.length, 0);
  });
});

describe('the times of a source', () => {
  const teardown = useTeardown();

  it('are whole intervals after its start, whatever went by', () => {
    const schedule = everyMillis(100, () => 1_000);
    assert.deepEqual(
      [1_000, 1_001, 1_099, 1_100, 1_555].map((after) => schedule.next(after)),
      [1_100, 1_100, 1_100, 1_200, 1_600],
    );
  });

  it('come from cron', () => {
    const noon = new Date(2026, 2, 2, 12).getTime();
    assert.equal(atCronTimes('30 12 * * *').next(noon), new Date(2026, 2, 2, 12, 30).getTime());
    const never = codeOf(() => atCronTimes('0 0 30 2 *'));
    assert.equal(never, 'INVALID_CRON');
  });

  it('go on when the clock is set back', async () => {
    let setBackMillis = 0;
    let ticks = 0;
    const stop = runSchedule(
      everyMillis(20, () => Date.now() - setBackMillis),
      () => {
        ticks += 1;
      },
    );
    teardown.defer(stop);
    setBackMillis = 4 * 3_600_000;
    await waitFor(() => ticks >= 3, 'times after the clock was set back');
  });
});
