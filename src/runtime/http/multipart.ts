/** Bodies of the type `multipart/form-data` (RFC 7578): fields, and files from buffers. */
import { randomBytes } from 'node:crypto';
import { PoolError } from '../../core/errors';
import { isPlainObject } from '../settings-readers';
import { textOf } from './body-text';
import { t } from '../../core/wording';

export interface FormPart {
  readonly name: string;
  readonly content: string | Buffer;
  readonly filename?: string;
  readonly contentType?: string;
}

const LINE = '\r\n';
const ANY_BYTES = 'application/octet-stream';

/**
 * The parts of an object: text for each property, a file for each Buffer, several for a list. As with the core node,
 * `{value, options: {filename, contentType}}` says more of one.
 *
 * @throws PoolError `HTTP_INVALID_BODY`
 */
export function partsOf(fields: unknown): FormPart[] {
  if (fields === undefined || fields === null) return [];
  if (!isPlainObject(fields)) {
    throw new PoolError('HTTP_INVALID_BODY', t`A multipart body must be an object: each of its properties is a part.`);
  }
  return Object.entries(fields).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((one) => partOf(name, one)),
  );
}

/**
 * Files as the core `http in` node gives them (`fieldname`, `originalname`, `mimetype`, `buffer`), or with the names
 * `name`, `filename`, `contentType`, `content`.
 *
 * @throws PoolError `HTTP_INVALID_BODY`
 */
export function filesOf(files: unknown): FormPart[] {
  if (files === undefined || files === null) return [];
  return (Array.isArray(files) ? (files as unknown[]) : [files]).map((file) => {
    const given = isPlainObject(file) ? file : {};
    const content = given['buffer'] ?? given['content'];
    if (typeof content !== 'string' && !Buffer.isBuffer(content)) {
      throw new PoolError(
        'HTTP_INVALID_BODY',
        t`Each file must be an object with its content as a Buffer in "buffer".`,
      );
    }
    return {
      name: text(given['fieldname'] ?? given['name']) ?? 'file',
      content,
      filename: text(given['originalname'] ?? given['filename']) ?? 'file',
      contentType: text(given['mimetype'] ?? given['contentType']) ?? ANY_BYTES,
    };
  });
}

/** The body and its content type. @throws PoolError `HTTP_INVALID_BODY` */
export function multipart(parts: readonly FormPart[]): { readonly body: Buffer; readonly contentType: string } {
  const boundary = `----edgepool${randomBytes(16).toString('hex')}`;
  const chunks: Buffer[] = [];
  for (const { name, content, filename, contentType } of parts) {
    const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`;
    const type = contentType === undefined ? '' : `Content-Type: ${headerText(contentType)}${LINE}`;
    const head = `--${boundary}${LINE}Content-Disposition: form-data; name="${quoted(name)}"${file}${LINE}${type}${LINE}`;
    chunks.push(Buffer.from(head), Buffer.from(content), Buffer.from(LINE));
  }
  chunks.push(Buffer.from(`--${boundary}--${LINE}`));
  return { body: Buffer.concat(chunks), contentType: `multipart/form-data; boundary=${boundary}` };
}

function partOf(name: string, value: unknown): FormPart[] {
  if (value === undefined || value === null) return [];
  if (Buffer.isBuffer(value)) return [{ name, content: value, filename: name, contentType: ANY_BYTES }];
  if (!isPlainObject(value) || !Object.hasOwn(value, 'value')) return [{ name, content: textOf(value) }];
  const { value: inner, options } = value;
  const content = Buffer.isBuffer(inner) ? inner : textOf(inner);
  const more = isPlainObject(options) ? options : {};
  const filename = text(more['filename']) ?? (Buffer.isBuffer(inner) ? name : undefined);
  const contentType = text(more['contentType']) ?? (Buffer.isBuffer(inner) ? ANY_BYTES : undefined);
  return [
    {
      name,
      content,
      ...(filename === undefined ? {} : { filename }),
      ...(contentType === undefined ? {} : { contentType }),
    },
  ];
}

/** As browsers do (WHATWG HTML, multipart form data). */
function quoted(name: string): string {
  return name.replace(/\r\n|\r|\n/g, '%0D%0A').replaceAll('"', '%22');
}

function headerText(value: string): string {
  if (/[^\t\x20-\x7e]/.test(value)) {
    throw new PoolError('HTTP_INVALID_BODY', t`A part's content type has a character that can't be sent.`);
  }
  return value;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
