/** Calls Auth API for refused requests to the OAuth endpoints. */
import { refusedRequestsAnswer } from '@gatehouse/contracts/auth-administration';
import type { HttpClient } from '../http/http-client.ts';
import { UpstreamError } from '../http/upstream-error.ts';

interface RefusedRequestFilter {
  clientId?: string | undefined;
  /** Only of clients that are not registered. */
  unknownClients?: 'true' | undefined;
  reason?: string | undefined;
  correlationId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  before?: string | undefined;
  limit?: string | undefined;
}

/** Newest first. @throws UpstreamError */
export async function searchRefusedRequests(http: HttpClient, filter: RefusedRequestFilter) {
  try {
    const { data, nextCursor } = await http.read(refusedRequestsAnswer, {
      path: '/auth/v3/ops/refusals',
      query: { ...filter },
    });
    return { requests: data, next: nextCursor };
  } catch (error) {
    // The release before keeps none.
    if (error instanceof UpstreamError && error.status === 404) return { requests: [], next: undefined };
    throw error;
  }
}
