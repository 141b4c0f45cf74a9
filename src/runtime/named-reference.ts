/** A profile node that names a profile instead of holding its settings. */
import type { Borrower } from '../core/lease';
import { type ProfileRuntime, startNamedProfiles } from './named-profiles/start';
import type { GivenSettings } from './named-profiles/profile-type';
import { readText, type Settings } from './settings-readers';

export type { GivenSettings } from './named-profiles/profile-type';

/** What the controller of the profile node is to be told, and asked. */
export interface NamedReferenceOwner {
  /** The named profile is another one now, came or went. Must not throw. */
  namedChanged(): void;
  /** The flow nodes that use the profile node. */
  readonly borrowers: readonly Borrower[];
}

export interface NamedReference {
  /** The settings as they are now. @throws PoolError when the profile is not defined or can't be used */
  given(): GivenSettings;
  /** Called once, by the controller. */
  attach(owner: NamedReferenceOwner): void;
  /** The profile node is closed. */
  release(): void;
}

interface ReferringNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string | undefined;
}

/**
 * The reference of a profile node, from its property `named`; undefined when it holds its settings itself.
 *
 * @param type of the profiles it can use: `mqtt`, `redis`, …
 */
export function referenceOf(
  runtime: ProfileRuntime,
  node: ReferringNode,
  settings: Settings,
  type: string,
): NamedReference | undefined {
  const id = readText(settings, 'named');
  const profiles = startNamedProfiles(runtime);
  if (id === '') return undefined;
  let owner: NamedReferenceOwner | undefined;
  const stops = [
    profiles.onChange(id, () => owner?.namedChanged()),
    profiles.use(id, {
      id: node.id,
      type: node.type,
      ...(node.name ? { name: node.name } : {}),
      get borrowers() {
        return owner?.borrowers ?? [];
      },
    }),
  ];
  return {
    given: () => profiles.get(id, type).given,
    attach: (attached) => {
      owner = attached;
    },
    release: () => {
      owner = undefined;
      for (const stop of stops.splice(0)) stop();
    },
  };
}
