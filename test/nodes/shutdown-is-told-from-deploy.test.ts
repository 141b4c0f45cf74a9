import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { watchShutdown } from '../../src/runtime/shutdown';

describe('a shutdown is told from a deploy', () => {
  it('a stop with the running configuration is a shutdown, until the flows start again', () => {
    const events = new EventEmitter();
    const shutdown = watchShutdown(events);
    const config = {};
    events.emit('flows:starting', { config });
    assert.equal(shutdown.underWay, false);
    events.emit('flows:stopping', { config });
    assert.equal(shutdown.underWay, true);
    events.emit('flows:starting', { config });
    assert.equal(shutdown.underWay, false);
  });

  it('a stop with a new configuration is a deploy', () => {
    const events = new EventEmitter();
    const shutdown = watchShutdown(events);
    events.emit('flows:started', { config: {} });
    events.emit('flows:stopping', { config: {} });
    assert.equal(shutdown.underWay, false);
  });

  it('a stop after a deploy that came to nothing (a node type is missing) is a shutdown', () => {
    const events = new EventEmitter();
    const shutdown = watchShutdown(events);
    const next = {};
    events.emit('flows:started', { config: {} });
    events.emit('flows:stopping', { config: next });
    assert.deepEqual([shutdown.underWay, shutdown.deploying], [false, true]);
    events.emit('flows:stopping', { config: next });
    assert.deepEqual([shutdown.underWay, shutdown.deploying], [true, false]);
  });

  it('a runtime that says nothing of its configuration is taken to deploy', () => {
    const events = new EventEmitter();
    const shutdown = watchShutdown(events);
    events.emit('flows:started');
    events.emit('flows:stopping');
    assert.equal(shutdown.underWay, false);
  });

  it('the events of one runtime are watched once', () => {
    const events = new EventEmitter();
    assert.equal(watchShutdown(events), watchShutdown(events));
    assert.equal(events.listenerCount('flows:stopping'), 1);
  });
});
