/** One poll: the answer with all its pages, or that nothing has changed; what it has to remember of the last one. */
import { createHash } from 'node:crypto';
import type { HttpRequest, HttpResponse, HttpSession } from '../../drivers/http/session';
import type { HttpSourceSettings } from './http-source-settings';
import { nextByLink, nextByProperty } from './paging';
import { type ResponseFields, responseFields, statusError } from './response-message';

export interface Page {
  readonly response: HttpResponse;
  readonly fields: ResponseFields;
}

export interface PollResult {
  readonly pages: readonly Page[];
  /** There are more pages than may be asked for. */
  readonly cut: boolean;
  /** To be called when the answer has been put to use: the next one is compared with it. */
  readonly taken: () => void;
}

export interface PollHelp {
  /** A property of a message by its path. */
  property(message: object, path: string): unknown;
  notJson(): void;
}

type PollSettings = Pick<
  HttpSourceSettings,
  'returns' | 'validators' | 'skipUnchanged' | 'paging' | 'nextProperty' | 'nextParameter' | 'maxPages'
>;

export class Poller {
  readonly #settings: PollSettings;
  readonly #help: PollHelp;
  /** Of the last answer that was taken: the path it is of, and what the server calls its version. */
  #version: { readonly path: string; readonly headers: Record<string, string> } | undefined;
  #digest: string | undefined;

  constructor(settings: PollSettings, help: PollHelp) {
    this.#settings = settings;
    this.#help = help;
  }

  /** The next answer counts as new, whatever it is. */
  forget(): void {
    this.#version = undefined;
    this.#digest = undefined;
  }

  /**
   * Undefined if nothing has changed.
   *
   * @throws PoolError `HTTP_STATUS` and those of `HttpSession.request`
   */
  async run(session: HttpSession, request: HttpRequest & { readonly path: string }): Promise<PollResult | undefined> {
    const { path } = request;
    const known = this.#version?.path === path ? this.#version.headers : {};
    const first = await session.request({ ...request, headers: { ...known, ...request.headers } });
    if (first.status === 304) return undefined;
    const pages = [this.#page(first)];
    const home = new URL(first.redirects[0]?.url ?? first.url).origin;
    const cut = await this.#follow(pages, (place) => {
      // Headers may hold secrets, and a server may name a page of another one.
      const headers = new URL(place).origin === home ? request.headers : undefined;
      return session.request({ ...request, path: place, headers: headers ?? {} });
    });
    // That the first of several pages is as it was says nothing of the others.
    const isWhole = pages.length === 1 && !cut;
    const version = { path, headers: this.#settings.validators && isWhole ? versionOf(first) : {} };
    const digest = digestOf(pages);
    const taken = () => {
      this.#version = version;
      this.#digest = digest;
    };
    if (digest !== this.#digest || !this.#settings.skipUnchanged) return { pages, cut, taken };
    taken();
    return undefined;
  }

  /** Whether it ended at the limit. */
  async #follow(pages: Page[], ask: (place: string) => Promise<HttpResponse>): Promise<boolean> {
    const seen = new Set<string>();
    for (;;) {
      const last = pages.at(-1);
      const place = last && this.#next(last);
      // A server that leads back to where one was would do so for ever.
      if (place === undefined || seen.has(place)) return false;
      if (pages.length >= this.#settings.maxPages) return true;
      seen.add(place);
      pages.push(this.#page(await ask(place)));
    }
  }

  #next({ response, fields }: Page): string | undefined {
    const { paging, nextProperty, nextParameter } = this.#settings;
    if (paging === 'none') return undefined;
    if (paging === 'link') return nextByLink(response);
    return nextByProperty(this.#help.property(fields, nextProperty), nextParameter, response);
  }

  #page(response: HttpResponse): Page {
    if (response.status >= 400) throw statusError(response);
    return { response, fields: responseFields(response, this.#settings.returns, () => this.#help.notJson()) };
  }
}

function versionOf({ headers }: HttpResponse): Record<string, string> {
  const { etag, 'last-modified': modified } = headers;
  return {
    ...(typeof etag === 'string' ? { 'if-none-match': etag } : {}),
    ...(typeof modified === 'string' ? { 'if-modified-since': modified } : {}),
  };
}

function digestOf(pages: readonly Page[]): string {
  const hash = createHash('sha256');
  for (const { response } of pages) hash.update(`${response.status} ${response.body.length}\n`).update(response.body);
  return hash.digest('base64');
}
