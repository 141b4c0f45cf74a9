/** A profile node of HTTP: which settings it reads, and what a connect action may change. */
import { httpDriver } from '../../drivers/http/http-driver';
import type { HttpProfile } from '../../drivers/http/profile';
import type { HttpSession } from '../../drivers/http/session';
import type { GivenSettings } from '../named-reference';
import { type HttpJob, httpOutboxProtocol } from '../outbox/http-protocol';
import { ProfileOutbox } from '../outbox/profile-outbox';
import { ProfileController, type ProfileParts, type ProfileProtocol } from '../profile-controller';
import type { Settings } from '../settings-readers';
import type { HttpCredentials } from './http-auth-settings';
import {
  type HttpProfileNodes,
  type HttpProfileSettings,
  namedHttpNodes,
  readHttpProfile,
} from './http-profile-settings';

/** What the profile node brings along. */
export interface HttpProfileParts extends ProfileParts {
  readonly credentials: HttpCredentials;
  readonly nodes: HttpProfileNodes;
  /** Where the outbox is; undefined if there is no place for it. */
  readonly userDirectory?: string | undefined;
}

export class HttpProfileController extends ProfileController<HttpProfile, HttpSession, HttpProfileSettings> {
  readonly outbox: ProfileOutbox<HttpSession, HttpJob>;

  constructor(parts: HttpProfileParts) {
    super(parts, httpProtocol(parts));
    const { node, userDirectory } = parts;
    this.outbox = new ProfileOutbox({ node, profile: this, protocol: httpOutboxProtocol, userDirectory });
  }

  override async close(removed = false): Promise<void> {
    await Promise.all([this.outbox.close(removed), super.close(removed)]);
  }
}

function httpProtocol(parts: HttpProfileParts): ProfileProtocol<HttpProfile, HttpSession, HttpProfileSettings> {
  let overridden: Pick<GivenSettings<HttpCredentials>, 'settings' | 'credentials'> | undefined;
  return {
    driver: httpDriver,
    invalidCode: 'HTTP_INVALID_PROFILE',
    overridesField: 'server',
    read: (named) => {
      const { settings, credentials } = overridden ?? named ?? parts;
      return readHttpProfile(settings, credentials, named ? namedHttpNodes(named) : parts.nodes);
    },
    override: (overrides, named) => {
      const given = named ?? parts;
      overridden = {
        settings: overrideSettings((overridden ?? given).settings, overrides),
        credentials: overrideCredentials(given.credentials, overrides),
      };
    },
    reset: () => {
      overridden = undefined;
    },
  };
}

const PLAIN = ['baseUrl', 'auth', 'apiKeyName', 'apiKeyPlace', 'tokenUrl', 'scope', 'verifyservercert', 'http2'];
/** What a secret in the message says about the kind of authentication, when it names none. */
const KIND_OF: readonly (readonly [field: string, kind: string])[] = [
  ['username', 'basic'],
  ['token', 'bearer'],
  ['apiKey', 'api-key'],
  ['clientId', 'oauth2'],
];

/** The settings with those of `msg.server` in their place. They add up over several actions. */
function overrideSettings(settings: Settings, overrides: Settings): Settings {
  const changed: Record<string, unknown> = { ...settings };
  if (Object.hasOwn(overrides, 'url')) changed['baseUrl'] = overrides['url'];
  for (const name of PLAIN) {
    if (Object.hasOwn(overrides, name)) changed[name] = overrides[name];
  }
  const said = KIND_OF.find(([field]) => Object.hasOwn(overrides, field));
  if (said && !Object.hasOwn(overrides, 'auth')) changed['auth'] = said[1];
  return changed;
}

/** Secrets don't add up: an action that brings none uses those of the node. */
function overrideCredentials(credentials: HttpCredentials, overrides: Settings): HttpCredentials {
  const changed: Record<string, unknown> = { ...credentials };
  if (Object.hasOwn(overrides, 'username')) changed['user'] = overrides['username'];
  for (const name of ['password', 'token', 'apiKey', 'clientId', 'clientSecret', 'refreshToken']) {
    if (Object.hasOwn(overrides, name)) changed[name] = overrides[name];
  }
  return changed;
}
