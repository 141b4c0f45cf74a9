import assert from 'node:assert/strict';
import { parseBrokers } from '../../src/runtime/mqtt-broker-urls';

const urlsOf = (broker: string, useTls = false, port = 1884) => parseBrokers(broker, () => port, useTls).urls;

describe('the broker field becomes URLs', () => {
  const cases: [string, boolean, string[]][] = [
    ['', false, ['mqtt://localhost:1883']],
    ['', true, ['mqtts://localhost:1883']],
    ['broker.example', false, ['mqtt://broker.example:1884']],
    ['broker.example', true, ['mqtts://broker.example:1884']],
    ['broker.example:99', false, ['mqtt://broker.example:99']],
    ['::1', false, ['mqtt://[::1]:1884']],
    ['[::1]:99', true, ['mqtts://[::1]:99']],
    ['tcp://a', true, ['mqtt://a:1883']],
    ['ssl://a', false, ['mqtts://a:8883']],
    ['wss://a/mqtt?x=1', false, ['wss://a/mqtt?x=1']],
    ['ws://a:8080/mqtt', false, ['ws://a:8080/mqtt']],
    ['a, b:99 ,mqtts://c', false, ['mqtt://a:1884', 'mqtt://b:99', 'mqtts://c:8883']],
  ];
  for (const [broker, useTls, urls] of cases) {
    it(`${JSON.stringify(broker)}${useTls ? ' with TLS' : ''} is ${urls.join(' and ')}`, () => {
      assert.deepEqual(urlsOf(broker, useTls), urls);
    });
  }

  it('takes user and password out of a URL', () => {
    assert.deepEqual(
      parseBrokers('mqtt://us%40er:p%25w@a:1', () => 1883, false),
      {
        urls: ['mqtt://a:1'],
        username: 'us@er',
        password: 'p%w',
      },
    );
  });

  it('asks for the port only when an address names none', () => {
    const noPort = () => assert.fail('asked for the port');
    assert.deepEqual(parseBrokers('a:1,mqtt://b', noPort, false).urls, ['mqtt://a:1', 'mqtt://b:1883']);
  });

  for (const broker of [
    'http://a',
    'mqtt://',
    'a b',
    'a/b',
    'a:0',
    'a:65536',
    '[nonsense]:1',
    'u@a',
    'mqtt://a:99999',
  ]) {
    it(`refuses ${broker}`, () => {
      assert.throws(() => urlsOf(broker), { code: 'MQTT_INVALID_PROFILE', message: /^"Broker"/ });
    });
  }
});
