/** The HTTP driver: any number of nodes on the keep-alive sockets of one server, with one token and one set of limits. */
import type { Driver } from '../../core/driver';
import { HttpConnection } from './http-connection';
import { normaliseProfile } from './normalise-profile';
import type { HttpProfile } from './profile';
import type { HttpSession } from './session';

export const httpDriver: Driver<HttpProfile, HttpSession> = {
  type: 'http',
  normalise: normaliseProfile,
  describe: (profile) => {
    const { origin, pathname } = new URL(profile.baseUrl);
    return `${origin}${pathname.replace(/\/$/, '')}`;
  },
  connectTimeoutMillis: (profile) => normaliseProfile(profile).connectTimeoutMillis + 2_000,
  open: (profile, context) => new HttpConnection(normaliseProfile(profile), context),
};
