import assert from 'node:assert/strict';
import { connectedOnes, startAdminApi } from '../support/admin-api';
import { startMosquitto } from '../support/mosquitto';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitForAsync } from '../support/waiting';

const HTML = '<img src=x onerror=alert(1)>';

describe('the admin API: names that were seen', function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  const inject = (id: string, topic: string, wires: string[]) => ({
    ...{ id, type: 'inject', z: 'tab', x: 1, y: 1, wires: [wires], once: true, onceDelay: '0.1', repeat: '0.3' },
    props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }],
    topic,
    payload: 'hidden-value',
    payloadType: 'str',
  });
  const node = (id: string, type: string, more: object) => ({ id, type, z: 'tab', x: 1, y: 1, wires: [[]], ...more });

  async function start() {
    const broker = teardown.stopLater(await startMosquitto());
    const redis = teardown.stopLater(await startRedis());
    const flow = [
      { id: 'tab', type: 'tab', label: 'Tab' },
      { id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(broker.port) },
      { id: 'r', type: 'pool-redis-profile', host: '127.0.0.1', port: String(redis.port) },
      { id: 'e', type: 'pool-edgex-profile', bus: 'mqtt', mqttProfile: 'm' },
      inject('i1', `plant/${HTML}`, ['out']),
      inject('i2', 'edgex/events/device/s/p/pump/flow', ['out']),
      node('out', 'pool-mqtt-sink', { profile: 'm', topic: '' }),
      node('in', 'pool-mqtt-source', { profile: 'm', topic: '#', qos: '0' }),
      inject('i3', 'user:7', ['set']),
      node('set', 'pool-redis-command', {
        ...{ profile: 'r', operation: 'command', command: 'SET', commandType: 'str', arguments: 'list', outputs: 1 },
        args: [
          { value: 'topic', type: 'msg' },
          { value: 'payload', type: 'msg' },
        ],
      }),
    ];
    const api = await startAdminApi(teardown, { flow });
    await connectedOnes(api, 2);
    const names = async (query: string): Promise<string[]> => {
      const answer = await api.call('GET', `seen?${query}`, { as: 'reader' });
      assert.equal(answer.status, 200, answer.text);
      assert.doesNotMatch(answer.text, /hidden-value/);
      return answer.body.names;
    };
    return { api, names };
  }

  it('are those of the connections of the profile', async () => {
    const { api, names } = await start();
    await waitForAsync(async () => (await names('profile=m&kind=topic')).length === 2, 'the topics');
    await waitForAsync(async () => (await names('profile=r&kind=key')).length === 1, 'the key');
    assert.deepEqual(await names('profile=m&kind=topic&starts=plant'), [`plant/${HTML}`]);
    assert.deepEqual(await names('profile=m&kind=filter&starts=plant/'), ['plant/#', `plant/${HTML}`]);
    assert.deepEqual(await names('profile=r&kind=key'), ['user:7']);
    assert.deepEqual(await names('profile=e&kind=device'), ['pump']);
    assert.deepEqual(await names('profile=e&kind=topic'), ['events/device/s/p/pump/flow']);
    assert.deepEqual(await names('profile=e&kind=topic&complete=true&starts=edgex'), [
      'edgex/events/device/s/p/pump/flow',
    ]);
    assert.deepEqual(await names('profile=unknown&kind=topic'), []);
    const one = await api.call('GET', 'seen?profile=m&kind=topic&limit=1');
    assert.deepEqual([one.body.names.length, one.body.more], [1, true]);
  });

  it('are refused for a query that makes no sense, and to who may not read', async () => {
    const { api } = await start();
    for (const query of [
      '',
      '?profile=m',
      '?kind=topic',
      '?profile=m&kind=password',
      '?profile=m&kind=topic&limit=0',
      '?profile=m&kind=topic&limit=201',
      '?profile=m&profile=r&kind=topic',
      '?profile[x]=m&kind=topic',
    ]) {
      await api.refuses(400, 'QUERY_INVALID', 'GET', `seen${query}`);
    }
    assert.equal((await api.call('GET', 'seen?profile=m&kind=topic', { as: 'nobody' })).status, 401);
  });
});
