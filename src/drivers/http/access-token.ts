/** The one OAuth 2 token of a connection: fetched once for all who wait, before it runs out or when it was refused. */
import { PoolError } from '../../core/errors';
import type { RawResponse } from './exchange';
import type { OAuth2 } from './profile';
import { t } from '../../core/wording';

/** Longest time before its end that a token is renewed; a tenth of its life if that is less. */
const SKEW_MILLIS = 30_000;
const FIRST_PAUSE_MILLIS = 1_000;
const LONGEST_PAUSE_MILLIS = 60_000;

export interface TokenRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Token {
  readonly text: string;
  /** Milliseconds since the epoch; infinite if the server did not say. */
  readonly renewAt: number;
}

export class AccessTokens {
  readonly #auth: OAuth2;
  readonly #ask: (request: TokenRequest) => Promise<RawResponse>;
  readonly #now: () => number;
  #refreshToken: string | undefined;
  #token: Token | undefined;
  #renewing: Promise<string> | undefined;
  /** After a failure nobody asks again before this. */
  #pause: { readonly until: number; readonly error: PoolError } | undefined;
  #failures = 0;
  /** Tokens in a row that the server refused, and until when the last one is kept in spite of that. */
  #refusals = 0;
  #keepUntil = 0;

  constructor(auth: OAuth2, ask: (request: TokenRequest) => Promise<RawResponse>, now: () => number = Date.now) {
    this.#auth = auth;
    this.#ask = ask;
    this.#now = now;
    this.#refreshToken = auth.refreshToken;
  }

  /** When the token will be renewed, in milliseconds since the epoch; undefined if there is none or no end is known. */
  get renewAt(): number | undefined {
    return this.#token && Number.isFinite(this.#token.renewAt) ? this.#token.renewAt : undefined;
  }

  /**
   * A token that should be good.
   *
   * @throws PoolError `HTTP_TOKEN_REFUSED`, `HTTP_TOKEN_UNAVAILABLE`, `CONNECTION_CLOSED`
   */
  get(): string | Promise<string> {
    if (this.#token && this.#now() < this.#token.renewAt) return this.#token.text;
    if (this.#renewing) return this.#renewing;
    if (this.#pause && this.#now() < this.#pause.until) return Promise.reject(this.#pause.error);
    this.#renewing = this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** The server took it. */
  accepted(token: string): void {
    if (this.#refusals > 0 && this.#token?.text === token) this.#refusals = 0;
  }

  /**
   * The server answered 401 to it. Whether another one is worth a try: a server that takes none of them is not asked for
   * more and more.
   */
  refused(token: string): boolean {
    if (this.#token?.text !== token) return true;
    if (this.#refusals > 0 && this.#now() < this.#keepUntil) return false;
    this.#token = undefined;
    this.#refusals += 1;
    this.#keepUntil = this.#now() + pauseAfter(this.#refusals);
    return true;
  }

  async #renew(): Promise<string> {
    try {
      const response = await this.#ask(this.#request());
      const token = this.#read(response);
      this.#token = token;
      this.#failures = 0;
      this.#pause = undefined;
      return token.text;
    } catch (thrown) {
      const error = tokenError(thrown, this.#auth.tokenUrl);
      if (error.code !== 'CONNECTION_CLOSED') {
        this.#failures += 1;
        this.#pause = { until: this.#now() + pauseAfter(this.#failures), error };
      }
      throw error;
    }
  }

  #request(): TokenRequest {
    const { grant = 'client_credentials', authStyle, clientId, clientSecret, scope, audience, params } = this.#auth;
    const form = new URLSearchParams({ ...params, grant_type: grant });
    if (grant === 'refresh_token') form.set('refresh_token', this.#refreshToken ?? '');
    if (scope) form.set('scope', scope);
    if (audience) form.set('audience', audience);
    const headers: Record<string, string> = {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    };
    if (authStyle === 'body' || !clientSecret) {
      form.set('client_id', clientId);
      if (clientSecret) form.set('client_secret', clientSecret);
    } else {
      // Both parts are form-encoded first (RFC 6749, 2.3.1).
      const login = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
      headers['authorization'] = `Basic ${Buffer.from(login).toString('base64')}`;
    }
    return { url: new URL(this.#auth.tokenUrl), headers, body: Buffer.from(form.toString()) };
  }

  #read({ status, body }: RawResponse): Token {
    const answer = jsonObject(body);
    const text = answer['access_token'];
    const origin = new URL(this.#auth.tokenUrl).origin;
    if (status >= 400 && status < 500 && status !== 429) {
      // Only the registered code: descriptions are free text and may repeat what was sent.
      const code = answer['error'];
      const why = typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? ` (${code})` : '';
      const message = t`${origin} gives no token: it answered ${status}${why}; check client id, secret, scope and token URL.`;
      throw new PoolError('HTTP_TOKEN_REFUSED', message, { kind: 'refused' });
    }
    if (status !== 200 || typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) {
      const what = status === 200 ? t`its answer has none in it` : t`it answered ${status}`;
      throw new PoolError('HTTP_TOKEN_UNAVAILABLE', t`${origin} gives no token: ${what}; check the token URL.`);
    }
    const rotated = answer['refresh_token'];
    if (typeof rotated === 'string' && rotated !== '') this.#refreshToken = rotated;
    const seconds = Number(answer['expires_in'] ?? Number.NaN);
    const life = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : Number.POSITIVE_INFINITY;
    return { text, renewAt: this.#now() + life - Math.min(SKEW_MILLIS, life / 10) };
  }
}

/** @param times in a row that it went wrong */
function pauseAfter(times: number): number {
  return Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS * 2 ** (times - 1));
}

function tokenError(thrown: unknown, tokenUrl: string): PoolError {
  const error = PoolError.from(thrown, 'HTTP_TOKEN_UNAVAILABLE');
  if (error.code.startsWith('HTTP_TOKEN_') || error.code === 'CONNECTION_CLOSED') return error;
  const message = t`${new URL(tokenUrl).origin} gives no token: ${error.message}`;
  return new PoolError('HTTP_TOKEN_UNAVAILABLE', message, { cause: thrown });
}

function jsonObject(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
