/** Topics between MQTT and Redis as EdgeX maps them, with the looser wildcard of Redis filtered again on our side. */
import assert from 'node:assert/strict';
import { eventTopic } from '../../src/edgex/event-topic';
import {
  channelMatches,
  fromRedisChannel,
  topicMatches,
  toRedisChannel,
  toRedisPatterns,
} from '../../src/edgex/topics';

const NAMES = { serviceName: 'device-virtual', profileName: 'profile', deviceName: 'device', sourceName: 'source' };

describe('a topic of the EdgeX bus', () => {
  it('is a channel of Redis with dots', () => {
    assert.equal(toRedisChannel('edgex/events/device/a'), 'edgex.events.device.a');
    assert.equal(fromRedisChannel('edgex.events.device.a'), 'edgex/events/device/a');
  });

  for (const [filter, patterns] of [
    ['edgex/events/#', ['edgex.events.*', 'edgex.events']],
    ['edgex/+/device/+', ['edgex.*.device.*']],
    ['#', ['*']],
    ['edgex/events', ['edgex.events']],
    ['edgex/[a]*?\\', ['edgex.\\[a\\]\\*\\?\\\\']],
  ] as const) {
    it(`is a pattern of Redis: ${filter}`, () => assert.deepEqual(toRedisPatterns(filter), patterns));
  }

  for (const [filter, topic, expected] of [
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['a/#', 'ab', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a/b/c', false],
    ['a/+', 'a', false],
    ['a/+/c', 'a/b/c', true],
    ['+/+', '/b', true],
    ['#', '$SYS/a', false],
    ['+/a', '$SYS/a', false],
    ['$SYS/#', '$SYS/a', true],
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['a/b/c', 'a/b', false],
  ] as const) {
    it(`${expected ? 'matches' : 'does not match'}: ${filter} and ${topic}`, () => {
      assert.equal(topicMatches(filter, topic), expected);
      assert.equal(channelMatches(filter, topic.replaceAll('/', '.')), expected);
    });
  }

  it('matches on Redis although a name has dots', () => {
    assert.ok(channelMatches('edgex/device.1/#', toRedisChannel('edgex/device.1/source')));
  });

  for (const filter of ['', 'a/#/b', 'a/b#', 'a+/b', '$share/g/a', 'a\u0000', 'a'.repeat(65_536)]) {
    it(`is refused as a filter: ${JSON.stringify(filter.slice(0, 20))}`, () => {
      assert.throws(() => toRedisPatterns(filter), { code: 'EDGEX_INVALID_TOPIC' });
    });
  }

  for (const topic of ['', 'a/+', 'a/#', 'a\n', '\ud800']) {
    it(`is refused to publish to: ${JSON.stringify(topic)}`, () => {
      assert.throws(() => toRedisChannel(topic), { code: 'EDGEX_INVALID_TOPIC' });
    });
  }

  it('of an event has the levels of EdgeX 3.x, and of 2.x without a service', () => {
    assert.equal(eventTopic(NAMES), 'edgex/events/device/device-virtual/profile/device/source');
    const { serviceName: _none, ...names } = NAMES;
    assert.equal(eventTopic({ ...names, base: '/plant/edgex/' }), 'plant/edgex/events/device/profile/device/source');
  });

  for (const [name, options, expected] of [
    ['a b', {}, 'a b'],
    ['a/b', {}, 'a%2Fb'],
    ['a+#', {}, 'a%2B%23'],
    ['100%', {}, '100%25'],
    ['ü/', {}, '%C3%BC%2F'],
    ['v1.0', {}, 'v1.0'],
    ['v1.0', { bus: 'redis' }, 'v1%2E0'],
    ['a-b_c.d~e', { escape: 'always' }, 'a%2Db%5Fc%2Ed%7Ee'],
    ['a:b=c@d&$', { escape: 'always' }, 'a:b=c@d&$'],
    ['100%', { escape: 'never' }, '100%'],
  ] as const) {
    it(`of an event escapes ${name} as EdgeX does (${JSON.stringify(options)})`, () => {
      assert.equal(eventTopic({ ...NAMES, deviceName: name }, options).split('/')[5], expected);
    });
  }

  it('of an event is refused with an empty name, half a character, or one to be escaped that must not be', () => {
    for (const [deviceName, escape] of [
      ['', 'needed'],
      ['a/\ud800', 'needed'],
      ['\ud800', 'never'],
      ['a/b', 'never'],
    ] as const)
      assert.throws(() => eventTopic({ ...NAMES, deviceName }, { escape }), { code: 'EDGEX_INVALID_TOPIC' });
    assert.throws(() => eventTopic({ ...NAMES, base: '/' }), { code: 'EDGEX_INVALID_TOPIC' });
    assert.throws(() => eventTopic({ ...NAMES, base: 'edgex/#' }), { code: 'EDGEX_INVALID_TOPIC' });
  });
});
