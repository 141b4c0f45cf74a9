/**
 * What the dialogs check while somebody types, with the code of the editor itself. Node-RED takes a text that a validator
 * with fewer than two parameters returns for "valid".
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { DIALOGS, dialogFiles, editorTypes, registeredType } from '../support/editor-dialog';

/** The text that a field's value is refused with, or true. */
function check(type: string, property: string, value: unknown, node: object = {}): unknown {
  return registeredType(type).defaults[property]?.validate?.call({ ...node, [property]: value }, value, {});
}

const refused = (answer: unknown, key: string): void => assert.match(String(answer), new RegExp(`\\.${key}$`));

describe('the dialogs of the editor', () => {
  it('every shared script is loaded', () => {
    const scripts = readdirSync(DIALOGS).filter((name) => name.endsWith('.js') && name !== 'load.js');
    assert.deepEqual(
      dialogFiles()
        .map((name) => `${name}.js`)
        .toSorted(),
      scripts.toSorted(),
    );
  });

  for (const type of editorTypes) {
    it(`${type}: every validator takes the two parameters that let it say what is wrong`, () => {
      const checked = Object.entries(registeredType(type).defaults).filter(([, { validate }]) => validate);
      assert.deepEqual(
        checked.filter(([, { validate }]) => validate?.length !== 2).map(([property]) => property),
        [],
      );
    });

    it(`${type}: without the shared scripts it is registered with the same properties and defaults`, () => {
      const valuesOf = (shared: boolean) =>
        Object.entries(registeredType(type, { shared }).defaults).map(([property, { value }]) => [property, value]);
      assert.deepEqual(JSON.parse(JSON.stringify(valuesOf(false))), JSON.parse(JSON.stringify(valuesOf(true))));
    });

    it(`${type}: without the shared scripts nothing is refused`, () => {
      const { defaults } = registeredType(type, { shared: false });
      for (const [property, { value, validate }] of Object.entries(defaults)) {
        if (property !== 'profiles') assert.notEqual(validate?.call({}, value, {}) ?? true, false, property);
      }
    });
  }

  it('numbers have a range, and may come from the environment', () => {
    assert.equal(check('pool-mqtt-profile', 'port', '1883'), true);
    assert.equal(check('pool-mqtt-profile', 'port', ''), true);
    assert.equal(check('pool-mqtt-profile', 'port', '${PORT}'), true);
    refused(check('pool-mqtt-profile', 'port', '65536'), 'wholeNumber');
    refused(check('pool-mqtt-profile', 'port', '1.5'), 'wholeNumber');
    refused(check('pool-mqtt-profile', 'connectTimeoutSeconds', 'soon'), 'number');
  });

  it('what is set here does not count when a profile is named', () => {
    refused(check('pool-mqtt-profile', 'broker', ''), 'noBroker');
    assert.equal(check('pool-mqtt-profile', 'broker', '', { named: 'site' }), true);
  });

  it('a field of another mode is not checked', () => {
    refused(check('pool-redis-profile', 'path', '', { mode: 'unix' }), 'needed');
    assert.equal(check('pool-redis-profile', 'path', '', { mode: 'cluster' }), true);
    refused(check('pool-redis-sink', 'entryId', 'x', { structure: 'stream' }), 'entryId');
    assert.equal(check('pool-redis-sink', 'entryId', 'x', { structure: 'hash' }), true);
  });

  it('typed fields: constants and templates are checked, what is looked up is not', () => {
    refused(check('pool-mqtt-sink', 'topic', 'a/#'), 'topic');
    assert.equal(check('pool-mqtt-sink', 'topic', 'a/#', { topicType: 'jsonata' }), true);
    refused(check('pool-redis-sink', 'key', 'a:{{', { keyType: 'template' }), 'template');
    refused(check('pool-redis-command', 'command', ''), 'command');
  });

  it('what a redis script or command needs is missed', () => {
    refused(check('pool-redis-script', 'script', ' '), 'script');
    refused(check('pool-redis-script', 'functionName', '', { kind: 'function' }), 'functionName');
    refused(check('pool-redis-script', 'keys', [{ name: 'end' }]), 'names');
    refused(check('pool-redis-command', 'timeoutSeconds', '-1'), 'seconds');
    refused(check('pool-redis-sink', 'maxLength', '0', { structure: 'list' }), 'maxLength');
  });

  it('an EdgeX profile needs the profile of its bus', () => {
    refused(check('pool-edgex-profile', 'mqttProfile', ''), 'noProfile');
    assert.equal(check('pool-edgex-profile', 'mqttProfile', '', { bus: 'redis' }), true);
  });
});
