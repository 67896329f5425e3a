/** Finds the contact centres whose domains go to others. */
import { domainKey } from '@gatehouse/contracts/environment-api';

interface DomainsOfCenter {
  id: string;
  /** Undefined: they stay. */
  wanted: unknown;
  present: unknown;
}

/** Ids of those that give a domain away which another one takes. */
export function movingDomains(centers: readonly DomainsOfCenter[]): string[] {
  const wantedBy = new Map(centers.flatMap(({ id, wanted }) => keysOf(wanted).map((key) => [key, id])));
  return centers
    .filter(
      ({ id, wanted, present }) =>
        wanted !== undefined && keysOf(present).some((key) => (wantedBy.get(key) ?? id) !== id),
    )
    .map(({ id }) => id);
}

function keysOf(domains: unknown): string[] {
  const list = Array.isArray(domains) ? domains : [domains];
  return list.flatMap((domain) => (typeof domain === 'string' ? [domainKey(domain)] : []));
}
