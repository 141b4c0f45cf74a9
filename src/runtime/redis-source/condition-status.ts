/** The status of a connected source that is not simply receiving. */
import type { NodeStatus } from 'node-red';
import { connectionStatus, problemStatus, refusedFilterStatus } from '../status';
import type { Texts } from '../texts';
import type { SourceCondition } from './source-input';

/** @param texts of the profile */
export function conditionStatus(condition: SourceCondition, texts: Texts): NodeStatus {
  switch (condition.kind) {
    case 'failed':
      return condition.name === undefined
        ? problemStatus(condition.error, texts)
        : refusedFilterStatus(condition.name, condition.error, texts);
    case 'status':
      return condition.status;
    case 'pending':
      return connectionStatus({ kind: 'connecting', since: 0, attempt: 1 }, texts);
  }
}
