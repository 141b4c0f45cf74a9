/**
 * Serves everything of this package under Node-RED's admin root: the metrics and the REST API. Every profile node asks
 * for it; the first one of a runtime gets it.
 */
import { METRICS_PATH, serveMetrics } from '../metrics/endpoint';
import { liveRoutes, serveLive } from '../live/serve-live';
import { ApiError, describeError, type ErrorBody } from './api-error';
import { connectionRoutes } from './connection-routes';
import { profileRoutes } from './profile-routes';
import { compareRoutes } from './compare-route';
import { copyCredentialsRoutes } from './copy-credentials-route';
import { type IncomingRequest, readBody, tooLarge } from './request-body';
import { seenRoutes } from './seen-route';
import { testRoutes } from './test-route';
import { type AdminRoute, type AdminRuntime, PREFIX } from './route';
import { t } from '../../core/wording';

interface Request extends IncomingRequest {
  readonly method: string;
  readonly params: object;
  readonly query: object;
}

interface Response {
  readonly headersSent: boolean;
  set(field: string, value: string): unknown;
  status(code: number): { json(body: unknown): unknown; end(): unknown };
}

type Permit = ReturnType<AdminRuntime['auth']['needsPermission']>;
type PermitRequest = Parameters<Permit>[0];
type PermitResponse = Parameters<Permit>[1];

const served = new WeakSet<object>();

export function serveAdmin(RED: AdminRuntime): void {
  const hasMetrics = serveMetrics(RED);
  // Absent when settings.js switches the admin API off.
  const { httpAdmin } = RED as Partial<AdminRuntime>;
  if (!httpAdmin || served.has(httpAdmin)) return;
  served.add(httpAdmin);
  serveLive(RED);
  const routes = adminRoutes(RED);
  for (const route of routes) {
    const permitted = RED.auth.needsPermission(route.permission);
    httpAdmin[route.method](PREFIX + route.path, permitted, (request: Request, response: Response) => {
      void respond(RED, route, request, response);
    });
  }
  const reader = RED.auth.needsPermission('connection-pool.read');
  const allowed = new Map<string, string[]>(hasMetrics ? [[METRICS_PATH, ['GET']]] : []);
  for (const { path, method } of routes) {
    allowed.set(PREFIX + path, [...(allowed.get(PREFIX + path) ?? []), method.toUpperCase()]);
  }
  for (const [path, methods] of allowed) {
    httpAdmin.all(path, reader, (_request: Request, response: Response) => {
      response.set('Allow', methods.join(', '));
      fail(
        RED,
        new ApiError(405, 'METHOD_NOT_ALLOWED', t`Use ${methods.reduce((some, last) => t`${some} or ${last}`)} here.`),
        response,
      );
    });
  }
  httpAdmin.use(PREFIX, reader, (_request: Request, response: Response) => {
    fail(
      RED,
      new ApiError(404, 'PATH_UNKNOWN', t`There is nothing at this path; the documentation lists all.`),
      response,
    );
  });
  serveErrors(RED, httpAdmin, reader);
}

/**
 * Paths that can't be decoded, and what Node-RED's own body parser refuses. The latter belongs to the application that
 * `httpAdmin` is mounted in; without this, Express would answer with a page of HTML and the parser's stack.
 */
function serveErrors(RED: AdminRuntime, httpAdmin: AdminRuntime['httpAdmin'], reader: Permit): void {
  const { parent } = httpAdmin as { parent?: Pick<AdminRuntime['httpAdmin'], 'use'> };
  for (const application of parent ? [httpAdmin, parent] : [httpAdmin]) {
    application.use(PREFIX, (error: unknown, request: PermitRequest, response: PermitResponse, _next: unknown) => {
      reader(request, response, () => fail(RED, parseError(error), response));
    });
  }
}

/** All routes but that of the metrics. */
export function adminRoutes(RED: AdminRuntime): readonly AdminRoute[] {
  return [
    ...connectionRoutes(RED),
    ...profileRoutes(RED),
    ...seenRoutes(RED),
    ...compareRoutes(RED),
    ...copyCredentialsRoutes(RED),
    ...testRoutes(RED),
    ...liveRoutes(),
  ];
}

async function respond(RED: AdminRuntime, route: AdminRoute, request: Request, response: Response): Promise<void> {
  try {
    const body = route.takesBody ? readBody(request) : {};
    const { params, query } = request;
    const answer = await route.answer({
      params: params as Record<string, string>,
      query: query as Record<string, unknown>,
      body,
    });
    response.set('Cache-Control', 'no-store');
    const head = response.status(answer.status ?? 200);
    if (answer.body === undefined) head.end();
    else head.json(answer.body);
  } catch (thrown) {
    fail(RED, thrown, response);
  }
}

function fail(RED: AdminRuntime, thrown: unknown, response: Response): void {
  const known = describeError(thrown);
  if (!known) RED.log.error(`connection-pool: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
  if (response.headersSent) return;
  const internal: ErrorBody = {
    error: { code: 'INTERNAL', message: t`This is a mistake of the server; see its log.` },
  };
  response.set('Cache-Control', 'no-store');
  response.status(known?.status ?? 500).json(known?.body ?? internal);
}

/** Never with the text of the parser: it quotes the body. */
function parseError(thrown: unknown): ApiError {
  const status = typeof thrown === 'object' && thrown !== null && 'status' in thrown ? thrown.status : undefined;
  if (status === 413) return tooLarge();
  if (status === 415)
    return new ApiError(415, 'BODY_TYPE', t`The body has an encoding that is not known; send it plain.`);
  if (thrown instanceof URIError) {
    return new ApiError(400, 'PATH_INVALID', t`The path is not encoded correctly; encode ids with encodeURIComponent.`);
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ApiError(400, 'BODY_INVALID', t`The body is no valid JSON object.`);
  }
  return new ApiError(500, 'INTERNAL', t`The request could not be read.`);
}
