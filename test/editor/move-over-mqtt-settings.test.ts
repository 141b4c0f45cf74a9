/** Each property of a core broker becomes what it means to the core nodes, whatever our own standard is. */
import assert from 'node:assert/strict';
import { readProfileSettings } from '../../src/runtime/mqtt-profile-settings';
import { codes, convert } from '../support/move-over';

/** As the editor of Node-RED 4 and 5 makes one. */
const BROKER = {
  type: 'mqtt-broker',
  name: 'plant',
  broker: 'broker.example',
  port: '1884',
  tls: '',
  clientid: '',
  autoConnect: true,
  usetls: false,
  protocolVersion: '4',
  keepalive: '60',
  cleansession: true,
  autoUnsubscribe: true,
  birthTopic: '',
  birthQos: '0',
  birthRetain: 'false',
  birthPayload: '',
  birthMsg: {},
  closeTopic: '',
  closeQos: '0',
  closePayload: '',
  closeMsg: {},
  willTopic: '',
  willQos: '0',
  willPayload: '',
  willMsg: {},
  userProps: '',
  sessionExpiry: '',
};

async function profile(changes: object, ids: string[] = []) {
  const converted = await convert('mqtt', { ...BROKER, ...changes }, ids);
  // Whatever it is made of, the runtime takes it, unless something is in the way.
  const tlsNode = converted.properties['tls'] ? { addTLSOptions: () => undefined } : undefined;
  if (converted.obstacles.length === 0) readProfileSettings(converted.properties, {}, { tlsNode });
  return converted;
}

describe('move over: a core broker', () => {
  it('becomes a profile with the same settings', async () => {
    const { type, properties, ...said } = await profile({});
    assert.equal(type, 'pool-mqtt-profile');
    assert.deepEqual(codes({ type, properties, ...said }), { obstacles: [], remarks: [] });
    assert.deepEqual(properties, {
      broker: 'broker.example',
      port: '1884',
      usetls: false,
      tls: '',
      clientid: '',
      autoConnect: true,
      protocolVersion: '4',
      keepalive: '60',
      cleansession: true,
      autoUnsubscribe: true,
      sessionExpiry: '',
      userProps: '',
      birthTopic: '',
      birthQos: '0',
      birthRetain: 'false',
      birthPayload: '',
      birthMsg: {},
      closeTopic: '',
      closeQos: '0',
      closeRetain: 'false',
      closePayload: '',
      closeMsg: {},
      willTopic: '',
      willQos: '0',
      willRetain: 'false',
      willPayload: '',
      willMsg: {},
    });
  });

  it('of an old Node-RED is what its missing properties mean to the core node', async () => {
    const { properties } = await convert('mqtt', { type: 'mqtt-broker', broker: 'host' });
    const { port, protocolVersion, keepalive, cleansession, autoConnect, autoUnsubscribe, usetls } = properties;
    assert.deepEqual(
      { port, protocolVersion, keepalive, cleansession, autoConnect, autoUnsubscribe, usetls },
      {
        port: '1883',
        protocolVersion: '4',
        keepalive: '60',
        cleansession: true,
        autoConnect: true,
        autoUnsubscribe: true,
        usetls: false,
      },
    );
  });

  const values: [string, object, object][] = [
    [
      'an empty address is localhost, whatever the port',
      { broker: '', port: '99' },
      { broker: 'localhost', port: '1883' },
    ],
    [
      'numbers are text',
      { port: 1885, keepalive: 30, protocolVersion: 5 },
      { port: '1885', keepalive: '30', protocolVersion: '5' },
    ],
    ['the old compatibility mode is MQTT 3.1', { compatmode: true, protocolVersion: 4 }, { protocolVersion: '3' }],
    ['an unknown version is 3.1.1', { protocolVersion: '7' }, { protocolVersion: '4' }],
    ['an empty keep-alive is none', { keepalive: '' }, { keepalive: '0' }],
    ['a kept session stays one', { cleansession: false, clientid: 'me' }, { cleansession: false, clientid: 'me' }],
    ['a session expiry of 0 is none', { sessionExpiry: 0 }, { sessionExpiry: '' }],
    ['a session expiry stays', { protocolVersion: '5', sessionExpiry: '3600' }, { sessionExpiry: '3600' }],
    ['connecting by hand stays', { autoConnect: 'false' }, { autoConnect: false }],
    ['a subscription that outlives the node stays', { autoUnsubscribe: false }, { autoUnsubscribe: false }],
    ['variables stay', { broker: '${HOST}', keepalive: '${ALIVE}' }, { broker: '${HOST}', keepalive: '${ALIVE}' }],
    [
      'web sockets stay',
      { broker: 'wss://host/mqtt', verifyservercert: true },
      { broker: 'wss://host/mqtt', verifyservercert: true },
    ],
    [
      'a will with a topic stays, with what MQTT 5 adds to it',
      {
        protocolVersion: '5',
        willTopic: 'gone',
        willQos: 1,
        willRetain: true,
        willPayload: 'bye',
        willMsg: {
          contentType: 'text/plain',
          respTopic: 're',
          correl: 'c',
          expiry: '60',
          delay: 5,
          userProps: '{"a":"b"}',
        },
      },
      {
        willTopic: 'gone',
        willQos: '1',
        willRetain: 'true',
        willPayload: 'bye',
        willMsg: {
          contentType: 'text/plain',
          respTopic: 're',
          correl: 'c',
          expiry: '60',
          delay: '5',
          userProps: '{"a":"b"}',
        },
      },
    ],
    [
      'the long names of MQTT 5 are understood, too',
      { protocolVersion: '5', birthTopic: 'up', birthMsg: { responseTopic: 're', messageExpiryInterval: 9 } },
      { birthMsg: { respTopic: 're', expiry: '9' } },
    ],
  ];
  for (const [title, given, expected] of values) {
    it(title, async () => {
      const { properties } = await profile(given).catch(() => convert('mqtt', { ...BROKER, ...given }));
      for (const [property, value] of Object.entries(expected)) assert.deepEqual(properties[property], value, property);
    });
  }

  it('uses its TLS configuration only with TLS ticked', async () => {
    assert.equal((await profile({ usetls: true, tls: 't' }, ['t'])).properties['tls'], 't');
    assert.equal((await profile({ usetls: false, tls: 't' }, ['t'])).properties['tls'], '');
  });

  it('without one verifies no certificate unless told to, and says so', async () => {
    const careless = await profile({ usetls: true });
    assert.equal(careless.properties['verifyservercert'], false);
    assert.deepEqual(codes(careless).remarks, ['notVerified']);
    assert.equal((await profile({ broker: 'mqtts://host' })).properties['verifyservercert'], false);
    assert.equal((await profile({ usetls: true, verifyservercert: true })).properties['verifyservercert'], true);
    assert.equal((await profile({})).properties['verifyservercert'], undefined);
  });

  it('has no counterpart with another scheme, a missing TLS configuration, or TLS for a plain address', async () => {
    assert.deepEqual(codes(await profile({ broker: 'wx://host' })).obstacles, ['scheme']);
    assert.deepEqual(codes(await profile({ usetls: true, tls: 'gone' })).obstacles, ['tlsMissing']);
    assert.deepEqual(codes(await profile({ usetls: true, broker: 'mqtt://host' })).obstacles, ['plainUrlWithTls']);
  });

  it('loses what it never sent because it could not read it, and says so', async () => {
    const given = {
      userProps: 'a=b',
      sessionExpiry: 'soon',
      willTopic: 'w',
      willMsg: { userProps: '[]', expiry: 'x' },
    };
    const spoken = await profile({ protocolVersion: '5', ...given });
    assert.deepEqual(
      spoken.remarks.map(({ values }) => values?.['property']),
      ['userProps', 'sessionExpiry', 'willMsg.expiry', 'willMsg.userProps'],
    );
    assert.equal(spoken.properties['userProps'], '');
    assert.deepEqual(spoken.properties['willMsg'], {});
    assert.deepEqual((await profile(given)).remarks, []);
  });
});
