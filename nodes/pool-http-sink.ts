/** The node `pool-http-sink`: sends an HTTP request for each message it gets, and the answer on. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { PoolError } from '../src/core/errors';
import { closeWith } from '../src/runtime/closing';
import { HttpSink } from '../src/runtime/http/http-sink';
import { findProfile, reportMissingProfile } from '../src/runtime/profile-lookup';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import { refuseMessages } from '../src/runtime/unusable-node';
import english from './locales/en-US/pool-http-sink.json';

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-http-sink', english);

  function PoolHttpSink(this: Node, config: NodeDef & Settings): void {
    RED.nodes.createNode(this, config);
    const profile = findProfile(RED, config, 'pool-http-profile');
    if (!profile) {
      const error = reportMissingProfile(this, texts);
      this.on('input', (_message, _send, done) => done(error));
      return;
    }
    let sink: HttpSink;
    try {
      sink = new HttpSink({ node: this, settings: config, profile, util: RED.util, texts });
    } catch (thrown) {
      return refuseMessages(this, PoolError.from(thrown));
    }
    this.on('input', (message, send, done) => sink.input(message, send, done));
    closeWith(this, (removed) => sink.close(removed));
  }

  RED.nodes.registerType('pool-http-sink', PoolHttpSink);
};
