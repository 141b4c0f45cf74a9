/** Flows with HTTP nodes, for tests. */
import type { FlowNode } from './node-red';
import { PLACE } from './node-red';

/** A profile whose retries don't take long. */
export function httpProfile(url: string, properties: Record<string, unknown> = {}): FlowNode {
  const fast = { retryInitialSeconds: '0.01', retryMaximumSeconds: '0.05', proxyFrom: 'none', lingerMillis: '0' };
  return { id: 'profile', type: 'pool-http-profile', baseUrl: url, ...fast, ...properties };
}

/** A sink that is wired to the recorder `got`. */
export function httpSink(properties: Record<string, unknown> = {}): FlowNode {
  return {
    id: 'sink',
    type: 'pool-http-sink',
    ...PLACE,
    profile: 'profile',
    method: 'GET',
    outputs: 1,
    wires: [['got']],
    ...properties,
  };
}

/** A source that is wired to the recorder `got`. */
export function httpSource(properties: Record<string, unknown> = {}): FlowNode {
  return { id: 'source', type: 'pool-http-source', ...PLACE, profile: 'profile', wires: [['got']], ...properties };
}
