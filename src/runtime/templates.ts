/**
 * Text with message properties in it: `room:{{payload.id}}`, or `{{msg.payload.id}}`, which is the same. Nothing else of
 * Mustache: no sections, no escapes. Single braces are text, so that `{{{payload.id}}}:x` makes the hash tag `{7}:x`.
 */
import type { NodeAPI, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../core/errors';
import { messageProperty } from './message-property';
import { t } from '../core/wording';

const PLACE = /\{\{\s*([^{}\s][^{}]*?)\s*\}\}/;

/** How a template differs from that of a Redis key. */
export interface TemplateOptions {
  /** The code of places that can't be filled in. @default 'REDIS_INVALID_KEY' */
  readonly code?: string;
  /** What is put in for a value. @throws PoolError when it can't be */
  readonly encode?: (text: string) => string;
}

/**
 * A function that fills a template in. It throws `REDIS_INVALID_KEY`, or the code it is given, naming the place, when a property is missing, null
 * or empty, or no string, number or boolean: a key such as `room:undefined` is never what was meant.
 *
 * @throws PoolError `INVALID_TYPED_INPUT` for a place that isn't closed or names no property
 */
export function compileTemplate(
  util: NodeAPI['util'],
  template: string,
  options: TemplateOptions = {},
): (message: NodeMessageInFlow) => string {
  // Split by a pattern with one group: text and paths alternate.
  const parts = template.split(PLACE).map((part, index) => {
    if (index % 2 === 1) return propertyText(util, part, options);
    if (part.includes('{{')) {
      throw new PoolError(
        'INVALID_TYPED_INPUT',
        t`"{{" begins a place for a message property, such as {{payload.id}}.`,
      );
    }
    return () => part;
  });
  return (message) => parts.map((part) => part(message)).join('');
}

function propertyText(
  util: NodeAPI['util'],
  path: string,
  { code = 'REDIS_INVALID_KEY', encode = (text) => text }: TemplateOptions,
): (message: NodeMessageInFlow) => string {
  const property = messageProperty(util, path.startsWith('msg.') ? path.slice('msg.'.length) : path);
  return (message) => {
    const value = property(message);
    if (typeof value === 'string' && value !== '') return encode(value);
    if (typeof value === 'number' && Number.isFinite(value)) return encode(String(value));
    if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
    const what =
      value === undefined || value === null || value === '' ? t`is missing` : t`is neither text nor a number`;
    throw new PoolError(code, t`{{${path}}} can't be filled in: the message's ${path} ${what}.`);
  };
}
