import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { httpProfile, httpSink } from './http-flow';
import { caughtCode, catcher, recorder, startFlow, TAB } from './node-red';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

const CASES: readonly (readonly [format: string, payload: unknown, type: string | undefined, body: string])[] = [
  ['auto', { a: [1, 'ä'] }, JSON_TYPE, '{"a":[1,"ä"]}'],
  ['auto', 'text', undefined, 'text'],
  ['auto', 5, undefined, '5'],
  ['auto', true, JSON_TYPE, 'true'],
  ['auto', null, JSON_TYPE, 'null'],
  ['auto', Buffer.from('bytes'), undefined, 'bytes'],
  ['json', 'text', JSON_TYPE, '"text"'],
  ['text', { a: 1 }, 'text/plain; charset=utf-8', '{"a":1}'],
  ['form', { a: 'x y', b: ['1', 2], c: null, ü: '&' }, FORM_TYPE, 'a=x+y&b=1&b=2&c=&%C3%BC=%26'],
  ['form', 'a=1', FORM_TYPE, 'a=1'],
  ['binary', Buffer.from([104, 105]), 'application/octet-stream', 'hi'],
];

describe('the body of an http sink', () => {
  const teardown = useTeardown();
  const seen: { headers: IncomingHttpHeaders; body: Buffer; method: string }[] = [];

  async function server(): Promise<string> {
    seen.length = 0;
    const listening = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push({ headers: request.headers, body: Buffer.concat(chunks), method: request.method ?? '' });
        response.end();
      });
    });
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    teardown.defer(async () => {
      listening.closeAllConnections();
      await new Promise((resolve) => listening.close(resolve));
    });
    return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  }

  it('is in the format that is chosen', async () => {
    const url = await server();
    const formats = ['auto', 'json', 'text', 'form', 'binary'];
    const sinks = formats.map((bodyFormat) => httpSink({ id: bodyFormat, method: 'POST', bodyFormat }));
    const flow = await startFlow(teardown, [TAB, httpProfile(url), ...sinks, recorder()]);
    for (const [index, [format, payload, type, body]] of CASES.entries()) {
      flow.send(format, { payload });
      await waitFor(() => seen.length > index, `request ${index}`);
      assert.deepEqual([seen[index]?.headers['content-type'], seen[index]?.body.toString()], [type, body], format);
    }
  });

  it('is a form of parts and files, whatever bytes they have', async () => {
    const url = await server();
    const sink = httpSink({ method: 'POST', bodyFormat: 'multipart' });
    const flow = await startFlow(teardown, [TAB, httpProfile(url), sink, recorder()]);
    const photo = Buffer.from([0, 13, 10, 45, 45, 255]);
    flow.send('sink', {
      payload: {
        title: 'A "photo" – 苹果',
        tags: ['a', 'b'],
        photo,
        report: { value: 'x;y', options: { filename: 'r"1.csv', contentType: 'text/csv' } },
        meta: { width: 3 },
        none: null,
      },
      files: [{ fieldname: 'up', originalname: 'up.bin', mimetype: 'image/png', buffer: Buffer.from('png') }],
      headers: { 'content-type': 'multipart/form-data' },
    });
    await waitFor(() => seen.length === 1, 'the request');
    const { headers, body } = seen[0] ?? assert.fail();
    // Read by an implementation that is not ours.
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type'] ?? '' },
    }).formData();
    assert.deepEqual(
      [form.get('title'), form.getAll('tags'), form.get('meta'), form.get('none')],
      ['A "photo" – 苹果', ['a', 'b'], '{"width":3}', null],
    );
    const files = ['photo', 'report', 'up'].map((name) => form.get(name) as File);
    assert.deepEqual(
      files.map(({ name, type }) => [name, type]),
      [
        ['photo', 'application/octet-stream'],
        ['r"1.csv', 'text/csv'],
        ['up.bin', 'image/png'],
      ],
    );
    assert.deepEqual(Buffer.from((await files[0]?.arrayBuffer()) ?? new ArrayBuffer(0)), photo);
  });

  it('is compressed if the node is set so, and absent for GET', async () => {
    const url = await server();
    const flow = await startFlow(teardown, [
      TAB,
      httpProfile(url),
      httpSink({ method: 'PUT', compress: true }),
      httpSink({ id: 'get' }),
      recorder(),
    ]);
    flow.send('sink', { payload: { a: 'x'.repeat(1_000) } });
    await waitFor(() => seen.length === 1, 'the compressed request');
    assert.equal(seen[0]?.headers['content-encoding'], 'gzip');
    assert.equal(gunzipSync(seen[0]?.body ?? Buffer.alloc(0)).toString(), `{"a":"${'x'.repeat(1_000)}"}`);
    flow.send('get', { payload: { a: 1 } });
    await waitFor(() => seen.length === 2, 'the GET');
    assert.equal(seen[1]?.body.length, 0);
  });

  it('that can not be written is an error of its message alone', async () => {
    const url = await server();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const flow = await startFlow(teardown, [
      TAB,
      httpProfile(url),
      httpSink({ id: 'auto', method: 'POST' }),
      httpSink({ id: 'form', method: 'POST', bodyFormat: 'form' }),
      httpSink({ id: 'binary', method: 'POST', bodyFormat: 'binary' }),
      httpSink({ id: 'multipart', method: 'POST', bodyFormat: 'multipart' }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    flow.send('auto', { payload: circular });
    flow.send('auto', { payload: 5n });
    flow.send('form', { payload: [1] });
    flow.send('binary', { payload: {} });
    flow.send('multipart', { payload: 'x' });
    flow.send('multipart', { payload: {}, files: [{ name: 'x' }] });
    await waitFor(() => caught.length === 6, 'six errors');
    assert.deepEqual(new Set(caught.map(caughtCode)), new Set(['HTTP_INVALID_BODY']));
    flow.send('auto', { payload: 'good' });
    await waitFor(() => got.length === 1, 'the good one');
    assert.equal(seen.length, 1);
  });
});
