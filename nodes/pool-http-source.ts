/** The node `pool-http-source`: polls an HTTP server and sends what is new. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { PoolError } from '../src/core/errors';
import { closeWith } from '../src/runtime/closing';
import { HttpSource } from '../src/runtime/http/http-source';
import { findProfile, reportMissingProfile } from '../src/runtime/profile-lookup';
import type { Settings } from '../src/runtime/settings-readers';
import { nodeTexts } from '../src/runtime/texts';
import { refuseMessages } from '../src/runtime/unusable-node';
import english from './locales/en-US/pool-http-source.json';

export = (RED: NodeAPI): void => {
  const texts = nodeTexts(RED._, 'pool-http-source', english);

  function PoolHttpSource(this: Node, config: NodeDef & Settings): void {
    RED.nodes.createNode(this, config);
    const profile = findProfile(RED, config, 'pool-http-profile');
    if (!profile) {
      const error = reportMissingProfile(this, texts);
      this.on('input', (_message, _send, done) => done(error));
      return;
    }
    let source: HttpSource;
    try {
      source = new HttpSource({ node: this, settings: config, profile, util: RED.util, texts });
    } catch (thrown) {
      return refuseMessages(this, PoolError.from(thrown));
    }
    this.on('input', (message, send, done) => source.input(message, send, done));
    closeWith(this, (removed) => source.close(removed));
  }

  RED.nodes.registerType('pool-http-source', PoolHttpSource);
};
