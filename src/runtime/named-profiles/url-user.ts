/** User name and password in a URL are credentials: nothing that is shown may have them. */

/**
 * Moves them to the credentials of these names, unless they are set already.
 *
 * @returns the URL without them; anything else as it is
 */
export function takeUser(
  text: unknown,
  credentials: Record<string, unknown>,
  userName: string,
  passwordName: string,
): unknown {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.username === '' && url.password === '')) return text;
  credentials[userName] ??= decode(url.username);
  credentials[passwordName] ??= decode(url.password);
  url.username = '';
  url.password = '';
  return url.href;
}

/** A lone % is no escape sequence but part of the password. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
