import assert from 'node:assert/strict';
import { readProfileSettings } from '../../src/runtime/mqtt-profile-settings';

describe('profile settings that cannot work are refused by name', () => {
  const cases: [field: string, value: unknown][] = [
    ['port', '0'],
    ['port', '65536'],
    ['port', 'http'],
    ['protocolVersion', '6'],
    ['keepalive', '-1'],
    ['keepalive', '1.5'],
    ['connectTimeoutSeconds', '0'],
    ['sessionExpiry', '-1'],
    ['receiveMaximum', '0'],
    ['receiveMaximum', '65536'],
    ['maximumPacketSize', '0'],
    ['topicAliasMaximum', '65536'],
    ['userProps', '{"a"'],
    ['userProps', '[1]'],
    ['queueMaxCount', 'many'],
    ['queueMaxMegabytes', '-1'],
    ['queueMaxAgeSeconds', 'x'],
    ['queueOverflow', 'explode'],
    ['lingerMillis', '-5'],
    ['birthQos', '3'],
  ];
  for (const [field, value] of cases) {
    it(`${field}: ${JSON.stringify(value)}`, () => {
      assert.throws(() => readProfileSettings({ broker: 'a', birthTopic: 'birth', [field]: value }, {}), {
        code: 'MQTT_INVALID_PROFILE',
        kind: 'refused',
        message: new RegExp(`^"(?:${field}|[^"(]+ \\(${field}\\))" must be `, 'i'),
      });
    });
  }

  it('wsHeaders that are not JSON, without showing them', () => {
    assert.throws(
      () => readProfileSettings({ broker: 'ws://a', wsHeaders: 'token: secret' }, {}),
      (error: Error) => !error.message.includes('secret') && error.message.startsWith('"HTTP headers (wsHeaders)"'),
    );
  });
});
