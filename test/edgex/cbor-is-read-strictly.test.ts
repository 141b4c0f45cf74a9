/** CBOR: the examples of RFC 8949, appendix A, both ways; and bytes that lie about lengths, nest without end or are cut off. */
import assert from 'node:assert/strict';
import { decodeCbor } from '../../src/edgex/cbor-decode';
import { encodeCbor } from '../../src/edgex/cbor-encode';

/** Those that are written in the same bytes. */
const BOTH_WAYS: readonly (readonly [string, unknown])[] = [
  ['00', 0],
  ['17', 23],
  ['1818', 24],
  ['1903e8', 1000],
  ['1a000f4240', 1_000_000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['1bffffffffffffffff', 18_446_744_073_709_551_615n],
  ['3bffffffffffffffff', -18_446_744_073_709_551_616n],
  ['20', -1],
  ['3903e7', -1000],
  ['fb3ff199999999999a', 1.1],
  ['fb7e37e43c8800759c', 1e300],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['4401020304', Buffer.from([1, 2, 3, 4])],
  ['60', ''],
  ['62225c', '"\\'],
  ['64f0908591', '\u{10151}'],
  ['80', []],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  ['a26161016162820203', { a: 1, b: [2, 3] }],
];

const ONE_WAY: readonly (readonly [string, unknown])[] = [
  ['f90000', 0],
  ['f98000', -0],
  ['f93c00', 1],
  ['f97bff', 65_504],
  ['f90001', 5.960464477539063e-8],
  ['f97c00', Infinity],
  ['f97e00', NaN],
  ['fa47c35000', 100_000],
  ['f7', null],
  ['c249010000000000000000', 18_446_744_073_709_551_616n],
  ['c349010000000000000000', -18_446_744_073_709_551_617n],
  ['c074323031332d30332d32315432303a30343a30305a', '2013-03-21T20:04:00Z'],
  ['d9d9f783010203', [1, 2, 3]],
  ['5f42010243030405ff', Buffer.from([1, 2, 3, 4, 5])],
  ['7f657374726561646d696e67ff', 'streaming'],
  ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
  ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
  ['a201020304', { 1: 2, 3: 4 }],
];

const HOSTILE: Readonly<Record<string, string>> = {
  'no bytes': '',
  'an array longer than the bytes': '9bffffffffffffffff',
  'a map longer than the bytes': 'bb00000001000000000000',
  'a text longer than the bytes': '7affffffff61',
  'bytes longer than the bytes': '5b7fffffffffffffff00',
  'a header cut off': '19ff',
  'a value cut off': 'a16161',
  'a break alone': 'ff',
  'a break in a known length': '82ff01',
  'a break as a value': 'bf6161ff',
  'a reserved length': '1c',
  'an unknown simple value': 'f820',
  'a text that is not UTF-8': '62c328',
  'a chunk of another type': '5f6161ff',
  'a chunk without a length': '5f5f4101ffff',
  'a key that is an array': 'a18001',
  'a big number of text': 'c26161',
  'a big number without end': `c25903e8${'ff'.repeat(1000)}`,
  'something after the end': '0000',
  'arrays without end': '81'.repeat(100_000),
  'open arrays without end': '9f'.repeat(100_000),
  'tags without end': 'c1'.repeat(100_000),
  'millions of items': `9f${'80'.repeat(1_000_001)}ff`,
};

describe('CBOR', () => {
  for (const [hex, value] of [...BOTH_WAYS, ...ONE_WAY]) {
    it(`is read: ${hex}`, () => assert.deepEqual(decodeCbor(Buffer.from(hex, 'hex')), value));
  }

  for (const [hex, value] of BOTH_WAYS) {
    it(`is written: ${hex}`, () => assert.equal(encodeCbor(value).toString('hex'), hex));
  }

  for (const [what, hex] of Object.entries(HOSTILE)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => decodeCbor(Buffer.from(hex, 'hex')), { code: 'EDGEX_INVALID_CBOR' });
    });
  }

  it('copies bytes, so that the message can be reused', () => {
    const message = Buffer.from('4401020304', 'hex');
    const value = decodeCbor(message);
    message.fill(0);
    assert.deepEqual(value, Buffer.from([1, 2, 3, 4]));
  });

  it('writes texts and bytes of any size', () => {
    const value = { text: 'ü'.repeat(100_000), bytes: Buffer.alloc(70_000, 1), skipped: undefined };
    assert.deepEqual(decodeCbor(encodeCbor(value)), { text: value.text, bytes: value.bytes });
  });

  it('refuses to write what CBOR of EdgeX has not', () => {
    const circular: unknown[] = [];
    circular.push(circular);
    for (const value of [2n ** 64n, circular]) assert.throws(() => encodeCbor(value), { code: 'EDGEX_INVALID_VALUE' });
  });
});
