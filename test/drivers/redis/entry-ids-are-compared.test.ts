import assert from 'node:assert/strict';
import { compareIds, isEntryId, nextId } from '../../../src/drivers/redis/streams/entry-id';

describe('ids of stream entries', () => {
  it('are in the order of their numbers', () => {
    const inOrder = ['0', '0-1', '5', '5-9', '5-10', '10-0', '18446744073709551615-18446744073709551615'];
    for (const [a, first] of inOrder.entries()) {
      for (const [b, second] of inOrder.entries()) {
        assert.equal(Math.sign(compareIds(first, second)), Math.sign(a - b), `${first} and ${second}`);
      }
    }
    assert.equal(compareIds('05-01', '5-1'), 0);
  });

  it('are followed by the next', () => {
    assert.equal(nextId('5-9'), '5-10');
    assert.equal(nextId('5'), '5-1');
    assert.equal(nextId('5-18446744073709551615'), '6-0');
  });

  it('are told from other text', () => {
    for (const id of ['0', '1700000000000-0', '5-3']) assert.ok(isEntryId(id), id);
    for (const text of ['', '$', '>', '-', '5-', '5-3-1', '-5', '5 ', 'now']) assert.ok(!isEntryId(text), text);
  });
});
