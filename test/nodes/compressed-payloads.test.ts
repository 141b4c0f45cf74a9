/** Compression goes round; damage, the wrong kind and bombs are errors with a code, within the memory of the limit. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import * as zlib from 'node:zlib';
import { canCompress, type Compression, COMPRESSIONS, compress, decompress } from '../../src/runtime/compression';

const LIMIT = 1024 * 1024;
const KINDS = COMPRESSIONS.filter((kind) => kind !== 'none' && canCompress(kind));

describe('payloads are compressed', () => {
  const undo = (bytes: string | Buffer, compression: Compression, maxBytes = LIMIT) =>
    decompress(Buffer.from(bytes as Buffer), { compression, maxBytes });

  for (const kind of KINDS) {
    it(`with ${kind} and decompressed again`, () => {
      for (const payload of [Buffer.from('x'), Buffer.from('Grüße '.repeat(1000)), randomBytes(5000)])
        assert.deepEqual(undo(compress(payload, kind), kind), payload);
      assert.equal(undo(compress('text', kind), kind).toString(), 'text');
      assert.ok(compress('Grüße '.repeat(1000), kind).length < 200);
    });

    it(`with ${kind}, but nothing stays nothing`, () => {
      assert.equal(compress('', kind), '');
      assert.equal(undo('', kind).length, 0);
    });

    it(`with ${kind}: up to the limit, and not beyond it`, () => {
      const packed = compress(Buffer.alloc(LIMIT), kind);
      assert.equal(undo(packed, kind).length, LIMIT);
      assert.throws(() => undo(packed, kind, LIMIT - 1), { code: 'PAYLOAD_TOO_LARGE', message: /1048575 bytes/ });
    });

    it(`with ${kind}: a bomb is stopped`, () => {
      const bomb = compress(Buffer.alloc(64 * LIMIT), kind);
      const before = process.memoryUsage().arrayBuffers;
      assert.throws(() => undo(bomb, kind), { code: 'PAYLOAD_TOO_LARGE' });
      assert.ok(process.memoryUsage().arrayBuffers - before < 16 * LIMIT);
    });

    it(`with ${kind}: bytes cut short, damaged or of another kind are errors`, () => {
      const packed = compress(randomBytes(2000), kind) as Buffer;
      const damaged = Buffer.from(packed);
      damaged.fill(0xff, 0, 20);
      for (const bytes of [packed.subarray(0, -9), damaged, Buffer.from('{"a":1}'), Buffer.from([0xff])])
        assert.throws(() => undo(bytes, kind), { code: 'INVALID_COMPRESSION', message: new RegExp(kind) });
    });
  }

  it('and deflate is read without the header of zlib too, also if it begins like one', () => {
    assert.equal(undo(zlib.deflateRawSync('raw'), 'deflate').toString(), 'raw');
    const stored = Buffer.concat([Buffer.from([0x78, 0x01, 0x00, 0xfe, 0xff]), Buffer.from('a')]);
    const lengths = [...Array(2000).keys()].map((length) => zlib.deflateRawSync('x'.repeat(length) + length));
    for (const raw of lengths) assert.deepEqual(undo(raw, 'deflate'), zlib.inflateRawSync(raw));
    assert.throws(() => undo(stored, 'deflate'), { code: 'INVALID_COMPRESSION' });
  });

  for (const kind of COMPRESSIONS.filter((candidate) => !canCompress(candidate))) {
    it(`not with ${kind} where Node.js hasn't it`, () => {
      assert.throws(() => compress('x', kind), { code: 'COMPRESSION_NOT_AVAILABLE', message: /22\.15/ });
      assert.throws(() => undo('x', kind), { code: 'COMPRESSION_NOT_AVAILABLE' });
    });
  }
});
