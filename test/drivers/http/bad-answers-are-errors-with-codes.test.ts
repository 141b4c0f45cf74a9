import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { HttpProfile } from '../../../src/drivers/http/profile';
import { HttpNode, httpPool } from '../../support/http-node';
import { startHttpServer } from '../../support/http-server';
import { startRawServer } from '../../support/raw-server';
import { useTeardown } from '../../support/teardown';

const HEAD = 'HTTP/1.1 200 OK\r\n';

describe('an HTTP answer that is wrong', () => {
  const teardown = useTeardown();

  async function against(answer: (socket: Socket, request: string) => void, profile: Partial<HttpProfile> = {}) {
    const server = teardown.stopLater(await startRawServer(answer));
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, retry: { attempts: 1 }, ...profile });
    return { server, node };
  }

  const cases: readonly (readonly [string, string, (socket: Socket) => void, Partial<HttpProfile>?])[] = [
    ['shorter than announced', 'HTTP_BAD_RESPONSE', (socket) => socket.end(`${HEAD}content-length: 9\r\n\r\nshort`)],
    [
      'cut off in a chunk',
      'HTTP_BAD_RESPONSE',
      (socket) => socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\n9\r\nab`),
    ],
    [
      'with two lengths',
      'HTTP_BAD_RESPONSE',
      (socket) => socket.end(`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\nabc`),
    ],
    [
      'with a length that is no number',
      'HTTP_BAD_RESPONSE',
      (socket) => socket.end(`${HEAD}content-length: ten\r\n\r\nabc`),
    ],
    ['no HTTP at all', 'HTTP_BAD_RESPONSE', (socket) => socket.end('220 mail.example ESMTP\r\n')],
    [
      'with headers without end',
      'HTTP_BAD_RESPONSE',
      (socket) => socket.write(HEAD + `x: ${'y'.repeat(1000)}\r\n`.repeat(200)),
    ],
    [
      'that goes on in another protocol',
      'HTTP_BAD_RESPONSE',
      (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ],
    ['none: the server hangs up', 'HTTP_CONNECTION_LOST', (socket) => socket.destroy()],
    ['none: the server never answers', 'HTTP_TIMEOUT', () => undefined, { headersTimeoutMillis: 50 }],
    [
      'that stops in the middle',
      'HTTP_TIMEOUT',
      (socket) => socket.write(`${HEAD}content-length: 9\r\n\r\nab`),
      { bodyTimeoutMillis: 50 },
    ],
    [
      'announced too large',
      'HTTP_BODY_TOO_LARGE',
      (socket) => socket.write(`${HEAD}content-length: 1001\r\n\r\n`),
      { maxResponseBytes: 1000 },
    ],
  ];
  for (const [what, code, answer, profile] of cases) {
    it(`(${what}) is ${code}, and the next request is answered`, async () => {
      let bad = true;
      const { node } = await against((socket) => {
        if (bad) answer(socket);
        else socket.write(`${HEAD}content-length: 2\r\n\r\nok`);
      }, profile);
      const error = await node.fails({ method: 'POST' });
      assert.equal(error.code, code, error.message);
      bad = false;
      assert.equal((await node.request()).body.toString(), 'ok');
    });
  }

  it('(without end) ends at the limit', async () => {
    const { node } = await against(
      (socket) => {
        socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
        const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
        const more = () => {
          if (!socket.destroyed) socket.write(chunk, () => setImmediate(more));
        };
        more();
      },
      { maxResponseBytes: 100_000 },
    );
    assert.equal((await node.fails()).code, 'HTTP_BODY_TOO_LARGE');
  });

  it('(slow, byte by byte) ends with the time of the request', async () => {
    const { node } = await against((socket) => {
      socket.write(`${HEAD}content-length: 100000\r\n\r\n`);
      const timer = setInterval(() => socket.write('x'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    const error = await node.fails({ timeoutMillis: 150 });
    assert.equal(error.code, 'HTTP_TIMEOUT');
    assert.match(error.message, /0\.15 s/);
  });

  it('(cut off) is asked for again if that is safe', async () => {
    let count = 0;
    const { node } = await against(
      (socket) => {
        count += 1;
        if (count === 1) socket.end(`${HEAD}content-length: 9\r\n\r\nshort`);
        else socket.write(`${HEAD}content-length: 9\r\n\r\nlong-long`);
      },
      { retry: { attempts: 2, initialMillis: 1 } },
    );
    assert.equal((await node.request()).body.toString(), 'long-long');
  });
});

describe('an HTTP answer without a body', () => {
  const teardown = useTeardown();

  for (const status of [304, 204]) {
    it(`(${status}) may say how long it would have been, beyond the limit, too`, async () => {
      const answer = `HTTP/1.1 ${status} Text\r\netag: "1"\r\ncontent-length: 5000\r\n\r\n`;
      const server = teardown.stopLater(await startRawServer((socket) => socket.write(answer)));
      const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, maxResponseBytes: 1000 });
      for (let times = 0; times < 2; times += 1) {
        const response = await node.request();
        assert.deepEqual([response.status, response.body.length, response.headers['etag']], [status, 0, '"1"']);
      }
    });
  }
});

describe('a compressed HTTP answer', () => {
  const teardown = useTeardown();
  const text = 'a text that is long enough '.repeat(100);

  async function against(encoding: string, body: Buffer, profile: Partial<HttpProfile> = {}) {
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => {
        response.writeHead(200, { 'content-encoding': encoding });
        response.end(body);
      }),
    );
    return new HttpNode(httpPool(teardown), { baseUrl: server.url, ...profile });
  }

  const compressed: readonly (readonly [string, Buffer])[] = [
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['Deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
  ];
  for (const [encoding, body] of compressed) {
    it(`is decompressed (${encoding})`, async () => {
      const response = await (await against(encoding, body)).request();
      assert.equal(response.body.toString(), text);
      assert.equal(response.headers['content-encoding'], undefined);
      assert.equal(response.headers['content-length'], undefined);
    });
  }

  it('in a way that nobody asked for is given as it is', async () => {
    const response = await (await against('unheard-of', Buffer.from('x'))).request();
    assert.equal(response.body.toString(), 'x');
    assert.equal(response.headers['content-encoding'], 'unheard-of');
  });

  it('that is a bomb ends at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    for (const [encoding, body] of [
      ['gzip', bomb],
      ['br', brotliCompressSync(Buffer.alloc(5_000_000))],
      ['gzip, gzip', gzipSync(bomb)],
    ] as const) {
      const node = await against(encoding, body, { maxResponseBytes: 100_000 });
      assert.equal((await node.fails()).code, 'HTTP_BODY_TOO_LARGE');
    }
  });

  it('that is damaged or cut short is an error', async () => {
    for (const body of [gzipSync(text).subarray(0, 40), Buffer.from('no gzip at all')]) {
      assert.equal((await (await against('gzip', body)).fails()).code, 'HTTP_BAD_RESPONSE');
    }
  });
});
