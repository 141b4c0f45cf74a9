/** Whether configuration nodes have credentials. What they are, the runtime tells nobody but for user names. */
import { editor, jQuery } from './editor-api.mjs';
import { isObject } from './flow-json.mjs';

/** How many questions are under way at a time. */
const AT_ONCE = 6;

/** @returns those of the nodes that have credentials, or of which it can't be known */
export async function hasCredentials(ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const waiting = [...ids];
  const ask = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) if (await mayHave(id)) found.add(id);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return found;
}

async function mayHave(id: string): Promise<boolean> {
  const entered = editor.nodes.node(id)?.credentials;
  if (entered) return isSet(entered);
  try {
    // Asked as a profile, whose credentials have the same names: the type of the node may not be installed.
    return isSet(await jQuery.getJSON(`credentials/pool-mqtt-profile/${encodeURIComponent(id)}`));
  } catch {
    return true;
  }
}

function isSet(credentials: unknown): boolean {
  if (!isObject(credentials)) return true;
  return ['user', 'password', 'has_password'].some((name) => Boolean(credentials[name]));
}
