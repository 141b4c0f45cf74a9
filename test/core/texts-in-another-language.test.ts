import assert from 'node:assert/strict';
import { clause, speak, t } from '../../src/core/wording';

describe('a text of the runtime', () => {
  afterEach(() => speak());

  const text = (topic: string, count: number) => t`The topic ${topic} has ${count} messages.`;

  it('is English until another language is spoken', () => {
    assert.equal(text('a', 2), 'The topic a has 2 messages.');
  });

  it('is in the language that is spoken, its places in that language’s order', () => {
    speak({ 'The topic {0} has {1} messages.': '{1} Nachrichten in {0}.' });
    assert.equal(text('a', 2), '2 Nachrichten in a.');
  });

  it('is English where the catalogue lacks it', () => {
    speak({ 'Another text.': 'Ein anderer Text.' });
    assert.equal(text('a', 2), 'The topic a has 2 messages.');
  });

  it('shows values as they are, whatever looks like a place in them', () => {
    speak({ 'The topic {0} has {1} messages.': '{0}: {1}' });
    assert.equal(text('{1} $& {0}', 2), '{1} $& {0}: 2');
    speak({});
    assert.equal(text('{1}', 2), 'The topic {1} has 2 messages.');
  });

  it('can have braces and escapes', () => {
    speak({ '"{{" is `{0}`': '`{0}` statt "{{"' });
    assert.equal(t`"{{" is \`${1}\``, '`1` statt "{{"');
  });

  it('is never taken from what all objects have', () => {
    speak({});
    assert.equal(t`constructor`, 'constructor');
  });

  it('loses its full stop as part of another', () => {
    assert.deepEqual(['It is so.', '就是这样。', 'so'].map(clause), ['It is so', '就是这样', 'so']);
  });
});
