/** Whether changed settings of a profile mean another connection. Settings that can't work are never the same. */
import type { Driver, DriverSession } from '../core/driver';
import { PoolError } from '../core/errors';
import { canonicalText } from '../core/fingerprint';

interface WithProfile<Profile> {
  readonly profile: Profile;
}

type Outcome<Profile> = WithProfile<Profile> | PoolError;

/** Whether the pool would give both the same connection. */
export function isSameConnection<Profile, Session extends DriverSession>(
  driver: Driver<Profile, Session>,
  one: Outcome<Profile>,
  other: Outcome<Profile>,
): boolean {
  if (one instanceof PoolError || other instanceof PoolError) return false;
  try {
    return canonicalText(driver.normalise(one.profile)) === canonicalText(driver.normalise(other.profile));
  } catch {
    return false;
  }
}

/** Whether both are the same client to the server, which then may keep something for it. */
export function hasSameIdentity<Profile, Session extends DriverSession>(
  driver: Driver<Profile, Session>,
  one: Outcome<Profile>,
  other: Outcome<Profile>,
): boolean {
  if (one instanceof PoolError || other instanceof PoolError) return false;
  const identity = driver.identity?.(one.profile);
  return identity !== undefined && identity === driver.identity?.(other.profile);
}
