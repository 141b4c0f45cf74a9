/** Asking the admin API as the user of the editor. */
import { text } from '../texts.mjs';

/** An answer of the admin API that isn't what was asked for, in words for the user. */
export class ApiFailure extends Error {
  /** 0 when there was no answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  get isForbidden(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

/**
 * @param path below `connection-pool/`
 * @throws ApiFailure
 */
export async function ask(method: 'GET' | 'POST', path: string): Promise<unknown> {
  const response = await send(method, path);
  const body = await bodyOf(response);
  if (response.ok) return body;
  const failure = new ApiFailure(
    response.status,
    messageOf(body) ?? text('failure.answer', { status: response.status }),
  );
  throw failure.isForbidden ? new ApiFailure(response.status, text('failure.forbidden')) : failure;
}

async function send(method: string, path: string): Promise<Response> {
  const tokens = RED.settings.get('auth-tokens') as { readonly access_token?: string } | null | undefined;
  const headers = new Headers({ Accept: 'application/json' });
  if (tokens?.access_token) headers.set('Authorization', `Bearer ${tokens.access_token}`);
  try {
    return await fetch(`${RED.settings.apiRootUrl ?? ''}connection-pool/${path}`, {
      method,
      headers,
      cache: 'no-store',
    });
  } catch {
    throw new ApiFailure(0, text('failure.silent'));
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function messageOf(body: unknown): string | undefined {
  const error = (body as { readonly error?: { readonly message?: unknown } } | undefined)?.error;
  return typeof error?.message === 'string' ? error.message : undefined;
}
