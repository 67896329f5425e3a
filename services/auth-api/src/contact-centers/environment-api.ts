/** Asks the Environment API for this installation's location. */
import type { EnvironmentApiClient, Fetched } from '@gatehouse/contracts/environment-api/client';
import { UpstreamError } from '@gatehouse/contracts/http-client';
import type { Loaded } from '@gatehouse/service-kit/cache/revalidating-cache';
import type { EnvironmentSource } from './service.ts';

export function environmentApiSource(client: EnvironmentApiClient, location: string): EnvironmentSource {
  return {
    contactCenterByDomain: (domain, etag) => read(client.contactCenterByDomain(domain, location, { etag })),
    contactCenter: (id, etag) => read(client.contactCenterById(id, location, { etag })),
    environment: (id, etag) => read(client.environmentById(id, { etag })),
  };
}

export async function read<T>(answer: Promise<Fetched<T>>): Promise<Loaded<T>> {
  try {
    const fetched = await answer;
    if (fetched.outcome === 'unknown') return { status: 'missing' };
    if (fetched.outcome === 'unchanged') return { status: 'unchanged' };
    return { status: 'found', value: fetched.data, etag: fetched.etag };
  } catch (error) {
    // A name that cannot be one is the name of nothing; it must not count as an outage.
    if (error instanceof UpstreamError && error.status === 400) return { status: 'missing' };
    throw error;
  }
}
