/** `compare`: for a hint in the dialog of a profile, which of the other profiles will share its connection. */
import { t } from '../../core/wording';
import { getPool } from '../process-pool';
import { isPlainObject } from '../settings-readers';
import { ApiError } from './api-error';
import { compareProfiles } from './compare-profiles';
import type { AdminRoute, AdminRuntime, RouteRequest } from './route';
import { readUnsaved } from './test-route';
import { CONNECTION_TYPES, type UnsavedSettings } from './unsaved-settings';

const MOST_OTHERS = 500;

export function compareRoutes(RED: AdminRuntime): readonly AdminRoute[] {
  return [
    {
      method: 'post',
      path: '/compare',
      // No connection is opened, and nothing stored can be found out: see compare-profiles.ts.
      permission: 'connection-pool.read',
      takesBody: true,
      answer: ({ body }) => {
        const { others = [], ...rest } = body;
        const edited = readUnsaved(rest);
        if (!CONNECTION_TYPES.includes(edited.type)) {
          throw invalid(t`"type" must be one of ${CONNECTION_TYPES.join(', ')}.`);
        }
        return { body: compareProfiles(RED, getPool(), edited, readOthers(others, edited.type)) };
      },
    },
  ];
}

/** @throws ApiError `BODY_INVALID` */
function readOthers(others: unknown, type: string): readonly UnsavedSettings[] {
  if (!Array.isArray(others) || others.length > MOST_OTHERS) {
    throw invalid(t`"others" must be a list of ${MOST_OTHERS} profiles at most.`);
  }
  return (others as readonly unknown[]).map((other) => {
    if (!isPlainObject(other) || typeof other['id'] !== 'string') throw invalid(t`Each of "others" must have an "id".`);
    return readUnsaved({ ...(other as RouteRequest['body']), type });
  });
}

function invalid(text: string): ApiError {
  return new ApiError(400, 'BODY_INVALID', text);
}
