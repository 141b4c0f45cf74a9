/** From the flow JSON and credentials of an HTTP profile to who its requests say they are. */
import type { HttpAuth, OAuth2 } from '../../drivers/http/profile';
import { CheckedReaders, credentialText, defined, readText, type Settings } from '../settings-readers';
import { t } from '../../core/wording';

/** The checking readers of an HTTP profile: what can't work is `HTTP_INVALID_PROFILE`. */
export const httpReaders = new CheckedReaders('HTTP_INVALID_PROFILE', 'connection profile', 'pool-http-profile');

export const HTTP_AUTH_KINDS = ['none', 'basic', 'bearer', 'api-key', 'oauth2'] as const;

/** Credentials of the profile node. */
export interface HttpCredentials {
  readonly user?: unknown;
  readonly password?: unknown;
  /** The bearer token. */
  readonly token?: unknown;
  readonly apiKey?: unknown;
  readonly clientId?: unknown;
  readonly clientSecret?: unknown;
  readonly refreshToken?: unknown;
}

/** Undefined for none. @throws PoolError `HTTP_INVALID_PROFILE`, naming the field */
export function readAuth(settings: Settings, credentials: HttpCredentials): HttpAuth | undefined {
  switch (httpReaders.word(settings, 'auth', HTTP_AUTH_KINDS) ?? 'none') {
    case 'none':
      return undefined;
    case 'basic':
      return {
        kind: 'basic',
        username: credentialText(credentials.user) ?? '',
        password: credentialText(credentials.password) ?? '',
      };
    case 'bearer':
      return { kind: 'bearer', token: needed('token', credentials.token, t`the token that the server gave out`) };
    case 'api-key':
      return {
        kind: 'api-key',
        value: needed('apiKey', credentials.apiKey, t`the key that the server gave out`),
        ...defined({
          name: readText(settings, 'apiKeyName') || undefined,
          place: httpReaders.word(settings, 'apiKeyPlace', ['header', 'query']),
        }),
      };
    case 'oauth2':
      return readOAuth(settings, credentials);
  }
}

function readOAuth(settings: Settings, credentials: HttpCredentials): OAuth2 {
  const tokenUrl = readUrl(settings, 'tokenUrl', t`a URL such as https://login.example/oauth2/token`);
  const params = httpReaders.object(settings, 'tokenParams');
  return {
    kind: 'oauth2',
    tokenUrl,
    clientId: needed('clientId', credentials.clientId, t`the id of the client`),
    ...defined({
      grant: httpReaders.word(settings, 'grant', ['client_credentials', 'refresh_token']),
      clientSecret: credentialText(credentials.clientSecret),
      refreshToken: credentialText(credentials.refreshToken),
      scope: readText(settings, 'scope') || undefined,
      audience: readText(settings, 'audience') || undefined,
      authStyle: httpReaders.word(settings, 'authStyle', ['header', 'body']),
      params: params && Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])),
    }),
  };
}

/**
 * A URL of http or https without user and password, which belong among the credentials.
 *
 * @throws PoolError `HTTP_INVALID_PROFILE`, naming the field
 */
export function readUrl(settings: Settings, field: string, expected: string): string {
  const text = readText(settings, field);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw httpReaders.invalid(field, expected);
  if (url.username !== '' || url.password !== '') {
    throw httpReaders.invalid(
      field,
      t`a URL without user name and password: these are stored encrypted on the Security tab`,
    );
  }
  return text;
}

function needed(field: string, value: unknown, what: string): string {
  const text = credentialText(value);
  if (text === undefined) throw httpReaders.invalid(field, what);
  return text;
}
