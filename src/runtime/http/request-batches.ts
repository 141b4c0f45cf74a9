/** Messages of an HTTP sink that become one request: those whose requests would differ in nothing but the body. */
import type { NodeMessage, NodeMessageInFlow } from 'node-red';
import { batchKey, type Batching, KeyedBatcher } from '../batching';
import type { Done } from '../connection-actions';
import type { FieldValues } from '../typed-inputs';

/** A message that waits for others. */
export interface Batched {
  readonly message: NodeMessageInFlow;
  readonly fields: FieldValues<string>;
  readonly send: (message: NodeMessage) => void;
  readonly done: Done;
}

/** Properties of messages that change the request, besides the fields. */
const PROPERTIES = ['headers', 'cookies', 'requestTimeout', 'followRedirects'] as const;

export type RequestBatches = KeyedBatcher<Batched>;

export function requestBatches(batching: Batching, emit: (batch: readonly Batched[]) => void): RequestBatches {
  return new KeyedBatcher(batching, keyOf, emit);
}

function keyOf({ message, fields }: Batched): string {
  const { body: _differs, files: _none, idempotencyKey: _ofTheFirst, ...common } = fields;
  const properties = PROPERTIES.map((name) => (message as unknown as Record<string, unknown>)[name] ?? null);
  return batchKey([common, properties]);
}
