/**
 * Whether configuration nodes have credentials, and which have the same. What they are, the runtime tells nobody but for
 * user names; it compares them itself.
 */
import { text } from '../texts.mjs';
import { editor, jQuery } from './editor-api.mjs';
import { isObject } from './flow-json.mjs';
import { settingsOf } from './merge-equal.mjs';
import type { PlannedProfile } from './plan.mjs';

/** How many questions are under way at a time. */
const AT_ONCE = 6;
/** How many the runtime compares in one answer; more are not made one. */
const MOST_OTHERS = 100;

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

/**
 * @param profiles of nodes with credentials
 * @returns whether two nodes, by their ids, are known to have the same; what can't be found out is not known
 */
export async function compareCredentials(
  profiles: readonly PlannedProfile[],
): Promise<(one: string, other: string) => boolean> {
  const classes = new Map<string, string>();
  // Only where the settings are equal does it matter. What was entered but not deployed, the runtime does not know.
  const alike = new Map<string, PlannedProfile[]>();
  for (const profile of profiles) {
    if (editor.nodes.node(profile.config.id)?.credentials) continue;
    const settings = settingsOf(profile);
    alike.set(settings, [...(alike.get(settings) ?? []), profile]);
  }
  for (const group of alike.values()) {
    let left = group;
    for (let [first, ...others] = left; first && others.length > 0; [first, ...others] = left) {
      const same = await askWhichAreSame(first, others);
      for (const id of [first.config.id, ...same]) classes.set(id, first.config.id);
      left = others.filter(({ config }) => !same.includes(config.id));
    }
  }
  return (one, other) => classes.has(one) && classes.get(one) === classes.get(other);
}

async function askWhichAreSame(first: PlannedProfile, others: readonly PlannedProfile[]): Promise<readonly string[]> {
  const settings = first.to.properties;
  const asked = others.slice(0, MOST_OTHERS).map(({ config }) => ({ id: config.id, settings }));
  const data = JSON.stringify({ type: 'mqtt', id: first.config.id, settings, others: asked });
  try {
    const request = { url: 'connection-pool/compare', method: 'POST', contentType: 'application/json', data };
    const answer = await jQuery.ajax(request);
    return isObject(answer) && Array.isArray(answer['same']) ? (answer['same'] as string[]) : [];
  } catch {
    return [];
  }
}

/**
 * Has the runtime take over the credentials of a node for one that is still to be deployed. If the other is deployed, it
 * has its own.
 */
export async function copyCredentials(from: string, to: string): Promise<void> {
  if (!editor.user.hasPermission('connection-pool.write')) return;
  try {
    const data = JSON.stringify({ from, to });
    await jQuery.ajax({
      url: 'connection-pool/copy-credentials',
      method: 'POST',
      contentType: 'application/json',
      data,
    });
  } catch (error) {
    if (isObject(error) && error['status'] === 409) return;
    editor.notify(text('moveOver.credentialsNotCopied'), { type: 'warning' });
  }
}
