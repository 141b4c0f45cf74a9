/** `profiles`: the named profiles, and the changes of those that the API may write. */
import { PoolError } from '../../core/errors';
import { InvalidDefinition, type ProfileDefinition } from '../named-profiles/definition';
import type { NamedProfiles } from '../named-profiles/named-profiles';
import { startNamedProfiles } from '../named-profiles/start';
import { isPlainObject } from '../settings-readers';
import { ApiError } from './api-error';
import { FlowNames } from './flow-names';
import { nodeText, profileUserView, profileView, type ProfileView } from './profile-view';
import type { AdminRoute, AdminRuntime, RouteRequest } from './route';
import { t } from '../../core/wording';

/** What a client may send back as it got it; it has no effect. */
const READ_ONLY: ReadonlySet<string> = new Set([
  'overrides',
  'place',
  'managed',
  'problem',
  'problems',
  'users',
  'serves',
  'named',
]);
const DEFINING: ReadonlySet<string> = new Set(['id', 'typ', 'type', 'props', 'properties']);

export function profileRoutes(RED: AdminRuntime): readonly AdminRoute[] {
  const profiles = () => startNamedProfiles(RED);
  const read = { permission: 'connection-pool.read' } as const;
  const write = { permission: 'connection-pool.write' } as const;
  return [
    { ...read, method: 'get', path: '/profiles', answer: () => ({ body: list(profiles(), new FlowNames(RED)) }) },
    {
      ...read,
      method: 'get',
      path: '/profiles/:id',
      answer: ({ params }) => ({ body: view(profiles(), params['id'] ?? '', new FlowNames(RED)) }),
    },
    {
      ...write,
      method: 'post',
      path: '/profiles',
      takesBody: true,
      answer: ({ body }) => {
        const { id } = body;
        // Clients leave out parts of a path that are dots: nobody could ever ask for such a profile.
        if (typeof id !== 'string' || /^\.{0,2}$/.test(id)) {
          throw invalidBody(t`"id" must be the text that nodes are to use, not empty and not just dots.`);
        }
        if (find(profiles(), id)) {
          const text = t`There is a named profile "${id}" already; change it with PUT, or choose another id.`;
          throw new ApiError(409, 'NAMED_PROFILE_EXISTS', text);
        }
        return put(RED, profiles(), id, body);
      },
    },
    {
      ...write,
      method: 'put',
      path: '/profiles/:id',
      takesBody: true,
      answer: ({ params, query, body }) => {
        const id = params['id'] ?? '';
        if (body['id'] !== undefined && body['id'] !== id) {
          throw invalidBody(t`"id" must be the id of the path, or be left out: an id can't be changed.`);
        }
        refuseWhileUsed(RED, profiles(), id, query);
        return put(RED, profiles(), id, body);
      },
    },
    {
      ...write,
      method: 'delete',
      path: '/profiles/:id',
      answer: ({ params, query }) => {
        const id = params['id'] ?? '';
        refuseWhileUsed(RED, profiles(), id, query);
        profiles().remove(id);
        return { status: 204 };
      },
    },
  ];
}

function list(profiles: NamedProfiles, names: FlowNames) {
  return {
    profiles: profiles.all().map((profile) => profileView(profile, profiles, names)),
    problems: profiles.problems(),
  };
}

function find(profiles: NamedProfiles, id: string) {
  return profiles.all().find((profile) => profile.id === id);
}

/** @throws PoolError `NAMED_PROFILE_UNKNOWN` */
function view(profiles: NamedProfiles, id: string, names: FlowNames): ProfileView {
  const found = find(profiles, id);
  if (found) return profileView(found, profiles, names);
  const reason = profiles.problems().find((problem) => problem.id === id);
  const text = reason
    ? t`This named profile can't be read. ${reason.message}`
    : t`There is no named profile with this id; ids are kept as written.`;
  throw new PoolError('NAMED_PROFILE_UNKNOWN', text);
}

/** @throws ApiError `NAMED_PROFILE_IN_USE` unless the request insists */
function refuseWhileUsed(RED: AdminRuntime, profiles: NamedProfiles, id: string, query: RouteRequest['query']): void {
  const { force = 'false' } = query;
  if (force !== 'true' && force !== 'false') {
    throw new ApiError(400, 'QUERY_INVALID', t`"force" must be true or false.`);
  }
  // One that isn't there is no harm to create; one of other files is refused for that reason.
  if (force === 'true' || !find(profiles, id)?.managed) return;
  const names = new FlowNames(RED);
  const users = profiles.usersOf(id).map((user) => profileUserView(user, names));
  if (users.length === 0) return;
  const who = users.flatMap((user) => [user, ...user.nodes]).map(nodeText);
  const shown = who.length > 10 ? t`${who.slice(0, 10).join(', ')} and ${who.length - 10} more` : who.join(', ');
  const text = t`Named profile "${id}" is used by ${shown}; add ?force=true to change it for them, too.`;
  throw new ApiError(409, 'NAMED_PROFILE_IN_USE', text, { users });
}

function put(RED: AdminRuntime, profiles: NamedProfiles, id: string, body: RouteRequest['body']) {
  const isNew = !find(profiles, id);
  try {
    profiles.put(id, readDefinition(body));
  } catch (thrown) {
    if (!(thrown instanceof InvalidDefinition)) throw thrown;
    const problems = thrown.problems.map(({ code, message, property }) => ({
      code,
      message,
      ...(property === undefined ? {} : { property }),
    }));
    throw new ApiError(400, thrown.code, thrown.message, { problems });
  }
  return { status: isNew ? 201 : 200, body: view(profiles, id, new FlowNames(RED)) };
}

/** @throws ApiError `BODY_INVALID` */
function readDefinition(body: RouteRequest['body']): ProfileDefinition {
  const unknown = Object.keys(body).find((key) => !DEFINING.has(key) && !READ_ONLY.has(key));
  if (unknown !== undefined) {
    throw invalidBody(t`"${unknown}" is not known here; properties of the connection belong into "properties".`);
  }
  const type = either(body, 'type', 'typ');
  const properties = either(body, 'properties', 'props');
  if (typeof type !== 'string') throw invalidBody(t`"type" must be the connection type as text, such as "mqtt".`);
  if (!isPlainObject(properties)) throw invalidBody(t`"properties" must be an object.`);
  return { type, properties };
}

/** Our word or eKuiper's. */
function either(body: RouteRequest['body'], one: string, other: string): unknown {
  if (body[one] === undefined) return body[other];
  if (body[other] === undefined) return body[one];
  throw invalidBody(t`"${one}" and "${other}" say the same; leave one of them out.`);
}

function invalidBody(text: string): ApiError {
  return new ApiError(400, 'BODY_INVALID', text);
}
