import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('a redis sink that can not work as it is set', () => {
  const teardown = useTeardown();

  for (const [name, properties, code, status] of [
    ['without a profile', { profile: '' }, 'NO_PROFILE', /no connection profile/],
    ['with a structure that there is not', { structure: 'tree' }, 'REDIS_INVALID_SETTINGS', /"Write to \(structure\)"/],
    ['with a format that there is not', { datatype: 'msgpack' }, 'REDIS_INVALID_SETTINGS', /"Format \(datatype\)"/],
    ['with a template that is not closed', { key: '{{payload', keyType: 'template' }, 'INVALID_TYPED_INPUT', undefined],
    ['without a key', { key: '' }, 'REDIS_INVALID_KEY', undefined],
  ] as const) {
    it(`says so: ${name}`, async () => {
      const server = teardown.stopLater(await startRedis());
      const flow = await startFlow(teardown, [
        TAB,
        redisProfile(server.port),
        redisNode('sink', { key: 'k', ...properties }),
        recorder('caught'),
        catcher(),
      ]);
      const caught = flow.received('caught');
      if (status) await flow.shows('sink', status);
      flow.send('sink', { payload: 'a' });
      await waitFor(() => caught.length === 1, 'the error');
      assert.equal(caughtCode(caught[0]), code);
      assert.equal(await (await server.client()).dbsize(), 0);
    });
  }
});
