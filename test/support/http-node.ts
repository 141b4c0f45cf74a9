/** What a flow node does with a lease on HTTP, for tests. */
import type { PoolError } from '../../src/core/errors';
import type { Lease, LeaseOptions } from '../../src/core/lease';
import { Pool, type PoolOptions } from '../../src/core/pool';
import { httpDriver } from '../../src/drivers/http/http-driver';
import type { HttpProfile } from '../../src/drivers/http/profile';
import type { HttpRequest, HttpResponse, HttpSession } from '../../src/drivers/http/session';
import { borrower } from './fake-driver';
import type { Teardown } from './teardown';

/** A pool that retries fast and doesn't linger, closed after the test. */
export function httpPool(teardown: Teardown, options: PoolOptions = {}): Pool {
  return teardown.closeLater(
    new Pool({
      lingerMillis: 0,
      backoff: { initialMillis: 10, maximumMillis: 60, refusedMillis: 60, refusedMaximumMillis: 120 },
      ...options,
    }),
  );
}

/** Retries without waiting long. */
export const FAST_RETRY = { initialMillis: 5, maximumMillis: 20 };

export class HttpNode {
  readonly lease: Lease<HttpSession>;

  constructor(pool: Pool, profile: HttpProfile, options: LeaseOptions = {}) {
    this.lease = pool.acquire(httpDriver, { retry: FAST_RETRY, ...profile }, borrower(), options);
  }

  get session(): HttpSession {
    return this.lease.session;
  }

  request(request: HttpRequest = {}): Promise<HttpResponse> {
    return this.session.request(request);
  }

  /** The error of a request that has to fail. */
  async fails(request: HttpRequest = {}): Promise<PoolError> {
    let response: HttpResponse;
    try {
      response = await this.request(request);
    } catch (thrown) {
      return thrown as PoolError;
    }
    throw new Error(`the request should have failed; it was answered ${response.status}`);
  }
}
