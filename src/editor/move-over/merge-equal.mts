/** Configuration nodes with equal settings, as one profile. Names may differ; credentials never. */
import type { PlannedProfile } from './plan.mjs';

/**
 * @param sameCredentials whether those of two configuration nodes, by their ids, are known to be the same
 * @returns the profiles that are left, each with the configuration nodes it stands for
 */
export function mergeEqual(
  profiles: readonly PlannedProfile[],
  sameCredentials: (one: string, other: string) => boolean,
): { readonly profiles: readonly PlannedProfile[] } {
  const left: PlannedProfile[] = [];
  for (const profile of profiles) {
    const index = left.findIndex(
      (first) => mayStandFor(first, profile) && sameCredentials(first.config.id, profile.config.id),
    );
    const first = left[index];
    if (first) left[index] = { ...first, replaces: [...first.replaces, profile.config] };
    else left.push(profile);
  }
  return { profiles: left };
}

function mayStandFor(first: PlannedProfile, other: PlannedProfile): boolean {
  if (first.isBeside || other.isBeside || Boolean(first.config['d']) !== Boolean(other.config['d'])) return false;
  // One that belongs to a flow is not there for others.
  if (first.config.z !== undefined && first.config.z !== other.config.z) return false;
  return settingsOf(first) === settingsOf(other);
}

/** Equal for equal settings, whatever the name. */
export function settingsOf({ to }: Pick<PlannedProfile, 'to'>): string {
  const { properties, credentials = {} } = to;
  const sorted = Object.entries(properties).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([sorted, credentials]);
}
