/** Addresses of requests, taken apart once: nodes ask for the same paths again and again. */
import { PoolError } from '../../core/errors';
import { t } from '../../core/wording';

export interface WebAddress {
  readonly href: string;
  readonly origin: string;
  /** With the port, if it is not the usual one. */
  readonly host: string;
  /** With the query. */
  readonly path: string;
  readonly pathname: string;
}

export function webAddress(url: URL): WebAddress {
  const { href, origin, host, pathname, search } = url;
  return { href, origin, host, path: `${pathname}${search}`, pathname };
}

/** How many paths are kept; those made of ids and times would be without end. */
const MAX_KEPT = 500;

/** The addresses below one base URL. */
export class AddressBook {
  readonly origin: string;
  readonly #baseUrl: string;
  readonly #kept = new Map<string, WebAddress>();

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
    this.origin = new URL(baseUrl).origin;
  }

  /**
   * @param path put behind the base URL; an absolute URL is taken as it is
   * @param add further parts of the query
   * @throws PoolError `HTTP_INVALID_REQUEST`
   */
  find(path: string, add?: (query: URLSearchParams) => void): WebAddress {
    if (add) {
      const url = this.#resolve(path);
      const more = new URLSearchParams();
      add(more);
      // What is in the path already stays as it is written: signatures depend on it.
      if (more.size > 0) url.search += `${url.search === '' ? '' : '&'}${more.toString()}`;
      return webAddress(url);
    }
    const known = this.#kept.get(path);
    if (known) return known;
    const address = webAddress(this.#resolve(path));
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(path, address);
    return address;
  }

  #resolve(path: string): URL {
    const absolute = /^[a-z][a-z\d+.-]*:\/\//i.test(path);
    const between = path === '' || /^[/?#]/.test(path) ? '' : '/';
    const text = absolute ? path : `${this.#baseUrl}${between}${path}`;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !['http:', 'https:'].includes(url.protocol))
      throw invalid(t`Base URL and path are together no web address`);
    if (!absolute && url.origin !== this.origin) throw invalid(t`The path leads away from the base URL`);
    if (url.username !== '' || url.password !== '') {
      throw invalid(t`User and password belong into the profile, not into a URL`);
    }
    url.hash = '';
    return url;
  }
}

/** For what is wrong with a request. */
export function invalid(what: string): PoolError {
  return new PoolError('HTTP_INVALID_REQUEST', t`${what}; correct the request.`, { kind: 'refused' });
}
