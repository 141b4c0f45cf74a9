import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { PoolError } from '../../src/core/errors';
import type { HttpSource } from '../../src/runtime/http/http-source';
import { json, startHttpServer } from '../support/http-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { httpProfile, httpSource } from './http-flow';
import { caughtCode, catcher, completer, recorder, startFlow, TAB } from './node-red';

const FAST = { intervalSeconds: '0.1', path: '/data' };

describe('an http source', () => {
  const teardown = useTeardown();

  it('polls in its interval and gives answers the fields of the core node', async () => {
    const server = teardown.stopLater(await startHttpServer((_request, response) => json(response, 200, { a: 1 })));
    const flow = await startFlow(teardown, [TAB, httpProfile(server.url), httpSource(FAST), recorder()]);
    const got = flow.received('got');
    await waitFor(() => got.length >= 3, 'three answers');
    assert.deepEqual([got[0]?.payload, got[0]?.['statusCode']], [{ a: 1 }, 200]);
    assert.equal(got[0]?.['responseUrl'], `${server.url}/data`);
    assert.equal(server.accepted, 1);
  });

  it('never polls twice at one time, however slow the server is', async () => {
    const waiting: ServerResponse[] = [];
    const server = teardown.stopLater(await startHttpServer((_request, response) => void waiting.push(response)));
    const clock = teardown.stopLater(await startHttpServer());
    const source = httpSource({ ...FAST, inputs: 1 });
    const flow = await startFlow(teardown, [
      TAB,
      httpProfile(server.url),
      { ...httpProfile(clock.url), id: 'other' },
      source,
      httpSource({ ...FAST, id: 'clock', profile: 'other', startNow: false, wires: [] }),
      recorder(),
      recorder('completed'),
      completer(['source']),
    ]);
    const [got, completed] = [flow.received('got'), flow.received('completed')];
    await waitFor(() => waiting.length === 1, 'the first poll');
    for (let index = 0; index < 5; index += 1) flow.send('source', { payload: index });
    // Another node with the same interval shows that several times went by.
    await waitFor(() => clock.seen.length >= 5, 'the time of several polls');
    assert.equal(waiting.length, 1, 'no poll while one is under way');
    waiting.shift()?.end('1');
    await waitFor(() => waiting.length === 1 && got.length === 1, 'the next poll');
    waiting.shift()?.end('2');
    await waitFor(() => completed.length === 5 && got.length >= 2, 'the messages to be done, all with one poll');
    assert.equal(got[1]?.payload, '2');
    server.answer = (_request, response) => response.end('3');
    for (const response of waiting.splice(0)) response.end('3');
    await waitFor(() => got.length >= 4, 'further polls');
    assert.equal(server.mostBusy, 1);
  });

  it('asks only for what is new, and sends nothing for 304', async () => {
    let version = 1;
    const server = teardown.stopLater(
      await startHttpServer((request, response) => {
        const etag = `"v${version}"`;
        const same = request.headers['if-none-match'] === etag;
        response.writeHead(same ? 304 : 200, { etag, 'last-modified': 'Mon, 02 Mar 2026 10:00:00 GMT' });
        response.end(same ? undefined : `version ${version}`);
      }),
    );
    const flow = await startFlow(teardown, [TAB, httpProfile(server.url), httpSource(FAST), recorder()]);
    const got = flow.received('got');
    await waitFor(() => server.seen.length >= 4, 'four polls');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      ['version 1'],
    );
    assert.equal(server.seen[1]?.headers['if-modified-since'], 'Mon, 02 Mar 2026 10:00:00 GMT');
    version = 2;
    await waitFor(() => got.length === 2, 'the new version');
    assert.equal(got[1]?.payload, 'version 2');
  });

  it('sends nothing for the same bytes if it is set so', async () => {
    let text = 'same';
    const server = teardown.stopLater(await startHttpServer((_request, response) => response.end(text)));
    const source = httpSource({ ...FAST, skipUnchanged: true, inputs: 1 });
    const flow = await startFlow(teardown, [TAB, httpProfile(server.url), source, recorder()]);
    const got = flow.received('got');
    await waitFor(() => server.seen.length >= 4, 'four polls');
    assert.equal(got.length, 1);
    text = 'other';
    await waitFor(() => got.length === 2, 'the other bytes');
    flow.send('source', { action: 'reset' });
    await waitFor(() => got.length === 3, 'the same bytes after a reset');
  });

  it('carries state from poll to poll', async () => {
    const server = teardown.stopLater(
      await startHttpServer((request, response) => {
        const since = Number(new URL(request.url, 'http://x').searchParams.get('since'));
        json(response, 200, since < 6 ? [{ id: since + 1 }, { id: since + 2 }] : []);
      }),
    );
    const source = httpSource({
      ...FAST,
      path: '/events?since={{state}}',
      headers: [{ name: 'x-state', value: 'state', type: 'msg' }],
      each: true,
      stateType: 'jsonata',
      state: '$max(payload.id)',
      initialState: '0',
    });
    // Of elements, the answer as a whole is what the state comes from.
    const flow = await startFlow(teardown, [TAB, httpProfile(server.url), source, recorder()]);
    const got = flow.received('got');
    await waitFor(() => server.seen.length >= 5, 'five polls');
    assert.deepEqual(
      got.map(({ payload }) => (payload as { id: number }).id),
      [1, 2, 3, 4, 5, 6],
    );
    assert.deepEqual(
      server.seen.slice(0, 5).map(({ headers }) => headers['x-state']),
      ['0', '2', '4', '6', '6'],
    );
  });

  for (const [how, settings] of [
    ['the Link header', { paging: 'link' }],
    ['a property with a URL', { paging: 'property', nextProperty: 'payload.next' }],
    ['a property with a mark', { paging: 'property', nextProperty: 'payload.mark', nextParameter: 'page' }],
  ] as const) {
    it(`collects pages by ${how} into one sequence`, async () => {
      const server = teardown.stopLater(
        await startHttpServer((request, response) => {
          const page = Number(new URL(request.url, 'http://x').searchParams.get('page') ?? 1);
          const more = page < 3;
          const next = `${server.url}/data?page=${page + 1}`;
          json(
            response,
            200,
            { items: [page * 10, page * 10 + 1], next: more ? next : null, ...(more ? { mark: page + 1 } : {}) },
            more ? { link: `<${server.url}/data?page=1>; rel="first", </data?page=${page + 1}>; rel="next"` } : {},
          );
        }),
      );
      const source = httpSource({
        ...FAST,
        when: 'message',
        inputs: 1,
        each: true,
        items: 'payload.items',
        ...settings,
      });
      const flow = await startFlow(teardown, [TAB, httpProfile(server.url), source, recorder()]);
      const got = flow.received('got');
      await waitFor(() => got.length >= 6, 'six elements');
      assert.deepEqual(
        got.map(({ payload }) => payload),
        [10, 11, 20, 21, 30, 31],
      );
      const parts = got.map((message) => message['parts'] as { id: string; index: number; count: number });
      assert.deepEqual(
        parts.map(({ index, count }) => [index, count]),
        [0, 1, 2, 3, 4, 5].map((index) => [index, 6]),
      );
      assert.equal(new Set(parts.map(({ id }) => id)).size, 1);
      assert.equal(server.seen.length, 3);
    });
  }

  it('stops at the limit of pages and where pages lead in a circle', async () => {
    const server = teardown.stopLater(
      await startHttpServer((request, response) => {
        const page = request.url.startsWith('/circle') ? 1 : Number(request.url.split('=')[1] ?? 1) + 1;
        response.writeHead(200, { link: `<?page=${page}>; rel=next` });
        response.end(String(page));
      }),
    );
    const circle = httpSource({ path: '/circle', paging: 'link', when: 'message', maxPages: '50' });
    const endless = httpSource({ id: 'endless', path: '/endless', paging: 'link', when: 'message', maxPages: '3' });
    const flow = await startFlow(teardown, [TAB, httpProfile(server.url), circle, endless, recorder()]);
    const got = flow.received('got');
    await waitFor(() => got.length >= 5, 'the pages');
    assert.equal(server.seen.filter(({ url }) => url.startsWith('/circle')).length, 2);
    assert.equal(server.seen.filter(({ url }) => url.startsWith('/endless')).length, 3);
    assert.match(flow.problems.join('\n'), /endless: There are more pages than 3/);
  });

  it('tells a failure that lasts once, with its status, and each message that asks of its own', async () => {
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => response.writeHead(500).end('secret details')),
    );
    const source = httpSource({ ...FAST, inputs: 1 });
    const flow = await startFlow(teardown, [
      TAB,
      httpProfile(server.url),
      source,
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    await waitFor(() => server.seen.length >= 4, 'four polls');
    await flow.shows('source', /answered 500/);
    assert.deepEqual(caught.map(caughtCode), ['HTTP_STATUS']);
    flow.send('source', { payload: 1 });
    await waitFor(() => caught.length === 2, 'the error of the message');
    server.answer = (_request, response) => response.end('well again');
    await waitFor(() => got.length >= 1, 'an answer');
    await flow.shows('source', 'node-red:common.status.connected');
  });

  it('shows its headers and the credentials of the profile to no other server that has a page', async () => {
    const other = teardown.stopLater(await startHttpServer((_request, response) => response.end('theirs')));
    const server = teardown.stopLater(
      await startHttpServer((request, response) => {
        const next = request.url === '/data' ? '/more' : `${other.url}/data`;
        response.writeHead(200, { link: `<${next}>; rel="next"` });
        response.end('ours');
      }),
    );
    const headers = [{ name: 'x-key', value: 'sesame', type: 'str' }];
    const source = httpSource({ path: '/data', when: 'message', paging: 'link', headers });
    const credentials = { profile: { token: 'sesame' } };
    const profile = httpProfile(server.url, { auth: 'bearer' });
    const flow = await startFlow(teardown, [TAB, profile, source, recorder()], credentials);
    const got = flow.received('got');
    await waitFor(() => got.length === 3, 'three pages');
    assert.deepEqual(
      server.seen.map(({ headers: sent }) => [sent['x-key'], sent.authorization]),
      [
        ['sesame', 'Bearer sesame'],
        ['sesame', 'Bearer sesame'],
      ],
    );
    assert.ok(!JSON.stringify(other.seen).includes('sesame'));
  });

  it('asks again for an answer that it could not put to use', async () => {
    let at: unknown = 'not yet';
    const server = teardown.stopLater(
      await startHttpServer((request, response) => {
        if (request.headers['if-none-match'] === '"1"') response.writeHead(304, { etag: '"1"' }).end();
        else json(response, 200, { at }, { etag: '"1"' });
      }),
    );
    const source = httpSource({ ...FAST, stateType: 'jsonata', state: '$number(payload.at)', skipUnchanged: true });
    const nodes = [TAB, httpProfile(server.url), source, recorder(), recorder('caught'), catcher()];
    const flow = await startFlow(teardown, nodes);
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    await waitFor(() => caught.length === 1 && server.seen.length >= 3, 'polls that fail');
    assert.equal(caughtCode(caught[0]), 'HTTP_STATE');
    at = 5;
    await waitFor(() => got.length === 1, 'the answer');
    assert.deepEqual(got[0]?.payload, { at: 5 });
  });

  it('does not take several pages for unchanged because the first is', async () => {
    let last = 'two';
    const server = teardown.stopLater(
      await startHttpServer((request, response) => {
        if (request.url !== '/data') return json(response, 200, [last]);
        if (request.headers['if-none-match'] === '"1"') return void response.writeHead(304).end();
        json(response, 200, ['one'], { etag: '"1"', link: '</data?page=2>; rel="next"' });
      }),
    );
    const source = httpSource({ ...FAST, paging: 'link', each: true, skipUnchanged: true });
    const flow = await startFlow(teardown, [TAB, httpProfile(server.url), source, recorder()]);
    const got = flow.received('got');
    await waitFor(() => server.seen.length >= 4, 'two polls');
    last = 'three';
    await waitFor(() => got.length >= 4, 'the changed page');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      ['one', 'two', 'one', 'three'],
    );
  });

  it('is done with every message once when it is stopped', async () => {
    const server = teardown.stopLater(await startHttpServer(() => undefined));
    const source = httpSource({ ...FAST, when: 'message', startNow: false, inputs: 1 });
    const flow = await startFlow(teardown, [TAB, httpProfile(server.url), source]);
    const node = flow.node('source') as unknown as { _inputCallback: HttpSource['input'] };
    const done: string[] = [];
    const send = (name: string) =>
      node._inputCallback(
        { _msgid: name },
        () => undefined,
        (error) => done.push(`${name} ${(error as PoolError).code}`),
      );
    send('polling');
    await waitFor(() => server.seen.length === 1, 'the poll');
    send('waiting');
    await flow.stop();
    await waitFor(() => done.length === 2, 'both to be done');
    assert.deepEqual(done.sort(), ['polling HTTP_ABORTED', 'waiting HTTP_ABORTED']);
  });

  it('that begins anew during a poll is not taken back to where that one was', async () => {
    const waiting: ServerResponse[] = [];
    const server = teardown.stopLater(await startHttpServer((_request, response) => void waiting.push(response)));
    const source = httpSource({
      ...FAST,
      when: 'message',
      startNow: false,
      inputs: 1,
      path: '/data?since={{state}}',
      stateType: 'property',
      state: 'payload.at',
      initialState: '0',
    });
    const flow = await startFlow(teardown, [TAB, httpProfile(server.url), source, recorder()]);
    const got = flow.received('got');
    const poll = async (at: number, during: () => void) => {
      flow.send('source', {});
      await waitFor(() => waiting.length === 1, 'the poll');
      during();
      const response = waiting.pop();
      const count = got.length;
      if (response) json(response, 200, { at });
      await waitFor(() => got.length > count, 'the answer');
    };
    await poll(1, () => undefined);
    await poll(2, () => flow.send('source', { action: 'reset' }));
    await poll(3, () => undefined);
    assert.deepEqual(
      server.seen.map(({ url }) => url),
      ['/data?since=0', '/data?since=1', '/data?since=0'],
    );
  });
});
