import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { carryMessagesOver } from '../../src/runtime/hand-over/carry-over';
import { handOverOf } from '../../src/runtime/hand-over/hand-over';
import { watchShutdown } from '../../src/runtime/shutdown';

type Handler = (event: object) => false | undefined;

describe('messages within the flows', () => {
  function runtime() {
    const events = new EventEmitter();
    const shutdown = watchShutdown(events);
    const hooks = new Map<string, Handler>();
    const warnings: string[] = [];
    const received: string[] = [];
    const RED = {
      hooks: {
        add: (name: string, handler: Handler) => hooks.set(name.split('.')[0] ?? '', handler),
        remove: () => hooks.clear(),
      },
      nodes: { getNode: (id: string) => (id === 'there' ? { receive: () => received.push(id) } : null) },
      util: { cloneMessage: (message: object) => ({ ...message }) },
      log: { warn: (text: string) => warnings.push(text) },
    };
    carryMessagesOver(RED as unknown as Parameters<typeof carryMessagesOver>[0], shutdown);
    let config = {};
    /** A closed node sends to another that is closed, too. */
    const sendTo = (id: string) =>
      hooks.get('preRoute')?.({
        msg: {},
        source: { node: { _flow: { getNode: () => undefined } } },
        destination: { id },
        cloneMessage: false,
      });
    return {
      hooks,
      warnings,
      received,
      sendTo,
      handOver: handOverOf(shutdown),
      deploy: () => events.emit('flows:stopping', { config: (config = {}) }),
      stop: () => events.emit('flows:stopping', { config }),
      start: () => {
        events.emit('flows:starting', { config });
        events.emit('flows:started', { config });
      },
    };
  }

  it('are looked at only around deploys, and only where there are profiles', () => {
    const { hooks, handOver, deploy, start, stop } = runtime();
    start();
    deploy();
    start();
    assert.equal(hooks.size, 0);
    handOver.enter();
    assert.equal(hooks.size, 0);
    deploy();
    assert.deepEqual([...hooks.keys()].sort(), ['onReceive', 'preRoute']);
    start();
    stop();
    assert.equal(hooks.size, 0);
  });

  it('wait for the end of a deploy, and go on at once after it', () => {
    const { handOver, deploy, start, stop, sendTo, received } = runtime();
    handOver.enter();
    start();
    deploy();
    assert.equal(sendTo('there'), false);
    assert.equal(received.length, 0);
    start();
    assert.equal(received.length, 1);
    assert.equal(sendTo('there'), false);
    assert.equal(received.length, 2);
    assert.equal(sendTo('gone'), undefined);
    stop();
  });

  it('are dropped beyond a limit, which is told once', () => {
    const { handOver, deploy, start, stop, sendTo, received, warnings } = runtime();
    handOver.enter();
    start();
    deploy();
    for (let count = 0; count < 10_003; count += 1) sendTo('there');
    start();
    stop();
    assert.equal(received.length, 10_000);
    assert.deepEqual(warnings, ['Connection pool: 3 messages that were within the flows did not survive the deploy.']);
  });
});
