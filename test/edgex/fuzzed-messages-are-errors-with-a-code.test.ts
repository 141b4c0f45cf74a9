/**
 * Damaged messages are errors with a code of the codec and never anything else; what is decoded nevertheless can be encoded
 * again or refused with a code. `FUZZ=500000 npm test -- --grep fuzz` runs the full count, `SEED=…` another sequence.
 */
import assert from 'node:assert/strict';
import { encodeEvent } from '../../src/edgex/encode-event';
import { encodeMessage } from '../../src/edgex/encode-message';
import { decodeMessage } from '../../src/edgex/envelope';
import type { EdgexForm } from '../../src/edgex/types';
import { edgexFixtures } from '../support/edgex-fixtures';
import { mutate } from '../support/edgex-mutations';
import { Random } from '../support/random';

const count = Number(process.env.FUZZ || 4_000);
const seed = Number(process.env.SEED || 20_261_129);

const FORMS: readonly EdgexForm[] = ['v4', 'v3', 'cbor-payload', 'cbor'];
const CODE = /^EDGEX_INVALID_(JSON|CBOR|ENVELOPE|EVENT|VALUE)$/;

describe('fuzz: the EdgeX codec', () => {
  it(`answers ${count} damaged messages (seed ${seed}) with data or an error with a code`, function () {
    this.timeout(20_000 + count * 5);
    const random = new Random(seed);
    const messages = validMessages();
    let refused = 0;
    for (let done = 0; done < count; done += 1) {
      const bytes = mutate(random, random.pick(messages), random.pick(messages));
      const code = tryOut(bytes, random.pick(FORMS), done);
      if (code !== undefined) refused += 1;
    }
    assert.ok(refused > count / 10, `only ${refused} of ${count} messages were refused: the damage is too small`);
    assert.deepEqual(Object.keys(Object.prototype), []);
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });
});

/** The code of the error, or undefined if the message was decoded and encoded again. */
function tryOut(bytes: Buffer, form: EdgexForm, number: number): string | undefined {
  try {
    const { event, payload } = decodeMessage(bytes);
    encodeMessage(event ?? payload, { form });
    return undefined;
  } catch (thrown) {
    const code = thrown instanceof Error && thrown.name === 'PoolError' && 'code' in thrown ? String(thrown.code) : '';
    if (CODE.test(code)) return code;
    const about = `message ${number} of seed ${seed} (base64 ${bytes.toString('base64')})`;
    throw new Error(`${about}: ${String(thrown)}`, { cause: thrown });
  }
}

function validMessages(): Buffer[] {
  const event = encodeEvent(
    {
      whole: 21,
      float: 21.5,
      flag: true,
      text: 'a, "b" ü',
      bytes: Buffer.from([0, 255, 128]),
      wholes: [1, 2n ** 62n],
      floats: [1.5, 2],
      texts: ['a', 'b, c'],
      object: { nested: [1, { deep: null }], constructor: 'data' },
      objects: [{ a: 1 }, { a: 2 }],
      nothing: null,
    },
    {
      deviceName: 'device',
      profileName: 'profile',
      sourceName: 'source',
      id: 'f0a4e7e2-0000-4000-8000-000000000000',
      origin: 1_764_421_200_123_456_789n,
      tags: { site: 'here' },
      readings: { nothing: { valueType: 'Int32' } },
    },
  );
  const written = FORMS.flatMap((form) => [
    encodeMessage(event, { form }),
    encodeMessage(event, { form, messageType: 'request', shortened: true }),
    encodeMessage('something went wrong', { form, errorCode: 1 }),
  ]);
  return [...written, ...edgexFixtures().map((fixture) => fixture.bytes)];
}
