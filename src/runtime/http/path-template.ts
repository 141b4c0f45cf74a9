/** Templates of paths: what is put in stays one segment, or one value of the query. */
import { PoolError } from '../../core/errors';
import type { TemplateOptions } from '../templates';
import { t } from '../../core/wording';

export const PATH_TEMPLATE: TemplateOptions = {
  code: 'HTTP_INVALID_REQUEST',
  encode: (text) => {
    // Encoded or not, these lead to another path.
    if (text === '.' || text === '..') {
      throw new PoolError('HTTP_INVALID_REQUEST', t`"${text}" can't be put into a path; it would lead to another one.`);
    }
    return encodeURIComponent(text);
  },
};
