import assert from 'node:assert/strict';
import type { StatePayload } from '../../src/runtime/pool-status/state-message';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { type FlowNode, PLACE, profile, source, startFlow, TAB } from './node-red';

describe('a pool-status node that a deploy restarts', () => {
  const teardown = useTeardown();

  for (const present of [true, false]) {
    it(`tells what became another meanwhile, and what closed (present: ${present})`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const status = { id: 'status', type: 'pool-status', scope: 'chosen', profiles: ['p'], present, ...PLACE };
      // A node that stays when the one before it is restarted would do, too; context outlives both.
      const keep = { id: 'keep', type: 'function', func: KEEP, outputs: 0, ...PLACE, wires: [] };
      const nodes = (clientid: string): FlowNode[] => [
        ...[TAB, { ...status, wires: [['keep']] }, keep],
        profile(broker.port, { id: 'p', clientid, lingerMillis: '0' }),
        source({ profile: 'p' }),
      ];
      const flow = await startFlow(teardown, nodes('one'), {}, ['function/10-function.js']);
      const told = (): readonly StatePayload[] =>
        (flow.node('keep').context().flow.get('told') as StatePayload[]) ?? [];
      const lastOf = (key: string) => told().findLast((payload) => payload.key === key)?.state;
      await waitFor(() => told().at(-1)?.state === 'connected', 'the first connection');
      const first = told().at(-1)?.key ?? '';
      await flow.deploy(nodes('two'), 'nodes');
      await waitFor(() => told().some(({ key, state }) => key !== first && state === 'connected'), 'the second one');
      await waitFor(() => lastOf(first) === 'closed', 'the end of the first');
      assert.equal(told().filter(({ key, state }) => key === first && state === 'closed').length, 1);
      const count = told().length;
      await flow.deploy(nodes('two'), 'nodes');
      assert.equal(told().length, count, 'nothing is told twice');
    });
  }
});

const KEEP = "const told = flow.get('told') ?? []; told.push(msg.payload); flow.set('told', told);";
