/** What is behind a profile node of any protocol: what it brings along, and what differs from protocol to protocol. */
import type { Node } from 'node-red';
import type { Driver, DriverSession } from '../core/driver';
import type { Pool } from '../core/pool';
import type { LeaseSettings } from './lease-settings';
import type { GivenSettings, NamedReference } from './named-reference';
import type { Settings } from './settings-readers';
import type { Shutdown } from './shutdown';
import type { Texts } from './texts';

/** What a profile node of any protocol brings along. */
export interface ProfileParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly pool: Pool;
  readonly shutdown: Shutdown;
  readonly texts: Texts;
  /** Set when the node names a profile: then its own settings don't count. */
  readonly named?: NamedReference | undefined;
}

/** A profile's settings in force. */
export interface CurrentSettings<Profile> extends LeaseSettings {
  readonly profile: Profile;
  /** Things that work, but not as the profile says. Keys of the catalogue, under `errors`. */
  readonly warnings: readonly string[];
}

/** What differs from protocol to protocol. */
export interface ProfileProtocol<Profile, Session extends DriverSession, Current extends CurrentSettings<Profile>> {
  readonly driver: Driver<Profile, Session>;
  /** The code of settings that can't work. */
  readonly invalidCode: string;
  /** The property of a connect action's message that brings other settings. */
  readonly overridesField: string;
  /**
   * @param named the settings of a named profile, in the place of the node's own
   * @throws PoolError naming the field
   */
  read(named?: GivenSettings): Current;
  /** Settings from a connect action, for `read` from now on. */
  override(overrides: Settings, named?: GivenSettings): void;
  /** The named profile is another one now: overrides no longer count. */
  reset?(): void;
  /** Whether the server keeps the subscriptions of a node that stops, or of a profile that disconnects. */
  keeps?(current: Current, when: 'stopped' | 'disconnected'): boolean;
  /** How the log calls the connection. @default its address */
  connectionName?(current: Current, address: string): string;
}
