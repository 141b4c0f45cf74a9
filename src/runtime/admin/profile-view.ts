/** A named profile as the admin API shows it: its definition, what is wrong with it, and who uses it. */
import type { NamedProfiles, NamedProfileUser } from '../named-profiles/named-profiles';
import type { ProfileProblem } from '../named-profiles/problem';
import type { NamedProfileView } from '../named-profiles/profile-view';
import type { FlowNames, NodeView } from './flow-names';
import { t } from '../../core/wording';

/** A profile node that names a profile, with the flow nodes that use it. */
export interface ProfileUserView extends NodeView {
  readonly nodes: readonly NodeView[];
}

export interface ProfileView extends NamedProfileView {
  readonly problems: readonly ProfileProblem[];
  readonly users: readonly ProfileUserView[];
}

export function profileView(profile: NamedProfileView, profiles: NamedProfiles, names: FlowNames): ProfileView {
  return {
    ...profile,
    problems: profiles.problems().filter(({ id }) => id === profile.id),
    users: profiles.usersOf(profile.id).map((user) => profileUserView(user, names)),
  };
}

export function profileUserView(user: NamedProfileUser, names: FlowNames): ProfileUserView {
  return { ...names.describe(user), nodes: user.borrowers.map((borrower) => names.describe(borrower)) };
}

/** `pool-mqtt-source "All" (s) in "Boiler room"`, for people. */
export function nodeText({ id, type, name, flow }: NodeView): string {
  const node = name ? `${type} "${name}" (${id})` : `${type} (${id})`;
  return flow ? t`${node} in "${flow.label ?? flow.id}"` : node;
}
