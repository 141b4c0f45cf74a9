/** How many messages of a source may be in its flow at a time, and when they are acknowledged. */
import type { CheckedReaders, Settings } from '../settings-readers';

export interface FlowLimits {
  /** When a message is acknowledged: as it goes into the flow, or when everything that came from it is done. */
  readonly acknowledge: 'receipt' | 'complete';
  /** Messages in the flow at a time. */
  readonly maxCount: number;
  /** How long a message may take until it counts as done with; 0 for ever. */
  readonly completeMillis: number;
}

export const MAXIMUM_IN_FLOW = 100_000;
/** As many as a source may have unacknowledged that says nothing else. */
export const DEFAULT_IN_FLOW = 1000;
export const DEFAULT_COMPLETE_SECONDS = 300;
const YEAR_SECONDS = 31_536_000;

/**
 * The limits of a source by its settings `acknowledge`, `maxUnacknowledged` and `completeSeconds`; undefined if it
 * acknowledges on receipt and has no limit: then nobody need follow what becomes of its messages.
 *
 * @throws PoolError naming the field
 */
export function readFlowLimits(settings: Settings, readers: CheckedReaders): FlowLimits | undefined {
  const acknowledge = readers.word(settings, 'acknowledge', ['receipt', 'complete']) ?? 'receipt';
  return flowLimits(settings, readers, acknowledge);
}

/** The same where it is known when messages are acknowledged. */
export function flowLimits(
  settings: Settings,
  readers: CheckedReaders,
  acknowledge: FlowLimits['acknowledge'],
): FlowLimits | undefined {
  const maxCount = readers.integer(settings, 'maxUnacknowledged', 1, MAXIMUM_IN_FLOW);
  const completeMillis = readers.seconds(settings, 'completeSeconds', 0, YEAR_SECONDS);
  if (acknowledge === 'receipt' && maxCount === undefined) return undefined;
  return {
    acknowledge,
    maxCount: maxCount ?? DEFAULT_IN_FLOW,
    completeMillis: completeMillis ?? DEFAULT_COMPLETE_SECONDS * 1000,
  };
}
