import assert from 'node:assert/strict';
import type { QueueLimits } from '../../src/core/driver';
import { type HeldMessage, HeldMessages } from '../../src/runtime/held-messages';
import { waitFor } from '../support/waiting';

/** A session that sends at once. */
type Sent = string[];

function held(limits: Partial<QueueLimits>) {
  const messages = new HeldMessages<Sent>(limits);
  const outcomes: Record<string, string> = {};
  let added = 0;
  const add = (name: string, payload = '', number = (added += 1)) => {
    const message: HeldMessage<Sent> = {
      bytes: name.length + payload.length,
      send: (sent) => {
        sent.push(name);
        outcomes[name] = 'sent';
      },
      giveUp: ({ code }) => {
        outcomes[name] = code;
      },
    };
    messages.add(message, number);
  };
  const session: Sent = [];
  return { messages, outcomes, add, session };
}

describe('messages wait until someone connects', () => {
  it('and are sent in order', () => {
    const { messages, add, session, outcomes } = held({});
    for (const name of ['a', 'b', 'c']) add(name);
    assert.equal(messages.count, 3);
    messages.flush((message) => message.send(session, () => undefined));
    assert.deepEqual(session, ['a', 'b', 'c']);
    assert.deepEqual(outcomes, { a: 'sent', b: 'sent', c: 'sent' });
    assert.equal(messages.count, 0);
  });

  it('and those that were given to another connection before go first', () => {
    const { messages, add, session } = held({});
    for (const [name, number] of [
      ['c', 3],
      ['d', 4],
      ['a', 1],
      ['b', 2],
    ] as const)
      add(name, '', number);
    messages.flush((message) => message.send(session, assert.fail));
    assert.deepEqual(session, ['a', 'b', 'c', 'd']);
  });

  it('within the count: refused, or the oldest or newest dropped', () => {
    const outcomesOf = (overflow: QueueLimits['overflow']) => {
      const { add, outcomes } = held({ maxCount: 1, overflow });
      add('a');
      add('b');
      return outcomes;
    };
    assert.deepEqual(outcomesOf('refuse'), { b: 'QUEUE_FULL' });
    assert.deepEqual(outcomesOf('drop-newest'), { b: 'QUEUE_DROPPED' });
    assert.deepEqual(outcomesOf('drop-oldest'), { a: 'QUEUE_DROPPED' });
  });

  it('within the bytes, where one that can never fit drops no other', () => {
    const { add, outcomes, messages } = held({ maxBytes: 10, overflow: 'drop-oldest' });
    add('a', '12345');
    add('b', 'more than ten bytes');
    assert.deepEqual(outcomes, { b: 'QUEUE_DROPPED' });
    add('c', '12345');
    assert.deepEqual(outcomes, { a: 'QUEUE_DROPPED', b: 'QUEUE_DROPPED' });
    assert.equal(messages.count, 1);
  });

  it('within the age', async () => {
    const { add, outcomes, messages } = held({ maxAgeMillis: 20 });
    add('a');
    await waitFor(() => outcomes['a'] === 'QUEUE_EXPIRED', 'the message to expire');
    assert.equal(messages.count, 0);
  });

  it('or are given up when the node stops', () => {
    const { add, outcomes, messages } = held({});
    add('a');
    messages.close();
    assert.deepEqual(outcomes, { a: 'CONNECTION_CLOSED' });
  });
});
