import assert from 'node:assert/strict';
import { describeSubscription, readSubscribing, readSubscriptions } from '../../src/runtime/subscription-request';

const DEFAULTS = { qos: 2, noLocal: false, retainAsPublished: true, retainHandling: 0 } as const;

describe('subscription requests are read', () => {
  it('from a filter, an object or an array of both', () => {
    assert.deepEqual(readSubscriptions('a'), [{ topic: 'a' }]);
    assert.deepEqual(readSubscriptions({ topic: 'a', qos: 1 }), [{ topic: 'a', qos: 1 }]);
    assert.deepEqual(readSubscriptions(['a', { topic: 'b' }]), [{ topic: 'a' }, { topic: 'b' }]);
  });

  for (const topic of [undefined, null, 5, true, {}, [null], [['a']], Buffer.from('a')]) {
    it(`but not from ${JSON.stringify(topic)}`, () => {
      assert.throws(() => readSubscriptions(topic), { code: 'INVALID_SUBSCRIPTION' });
    });
  }

  it('with defaults for what is not given, and text for numbers and booleans', () => {
    assert.deepEqual(readSubscribing({}, DEFAULTS), DEFAULTS);
    assert.deepEqual(readSubscribing({ qos: '1', nl: 'true', rap: 'false', rh: '2' }, DEFAULTS), {
      qos: 1,
      noLocal: true,
      retainAsPublished: false,
      retainHandling: 2,
    });
  });

  it('with an error for a QoS there is not', () => {
    assert.throws(() => readSubscribing({ qos: 3 }, DEFAULTS), { code: 'MQTT_INVALID_QOS' });
    assert.throws(() => readSubscribing({ qos: 'x' }, DEFAULTS), { code: 'MQTT_INVALID_QOS' });
  });

  it('and listed with the options in force', () => {
    const request = { topic: 'a', datatype: 'json' };
    assert.deepEqual(describeSubscription(request, DEFAULTS, true), { ...request, qos: 2, rh: 0, rap: true });
    assert.deepEqual(describeSubscription({ ...request, nl: false }, DEFAULTS, true).nl, false);
    assert.deepEqual(describeSubscription(request, DEFAULTS, false), { ...request, qos: 2 });
  });
});
