import assert from 'node:assert/strict';
import { nodeTexts } from '../../src/runtime/texts';

const ENGLISH = { node: { status: { queued: '__status__ (__count__ queued)' } } };

describe('texts of a node', () => {
  it('come from the catalogue of the runtime', () => {
    const texts = nodeTexts((key, values) => `${key}=${String(values?.['count'])}!`, 'node', ENGLISH);
    assert.equal(texts.text('status.queued', { status: 'x', count: 2 }), 'node.status.queued=2!');
  });

  it('are English when the runtime only returns the key', () => {
    for (const translate of [(key: string) => key, (key: string) => `module/set:${key}`, () => '']) {
      const texts = nodeTexts(translate, 'node', ENGLISH);
      assert.equal(texts.text('status.queued', { status: 'waiting', count: 2 }), 'waiting (2 queued)');
    }
  });

  it('are not found for keys that are none', () => {
    const texts = nodeTexts((key) => key, 'node', ENGLISH);
    assert.equal(texts.find('status.constructor'), undefined);
    assert.equal(texts.find('status.queued.more'), undefined);
  });
});
