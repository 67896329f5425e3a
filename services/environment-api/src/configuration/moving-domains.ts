/** Finds the contact centres whose domains go to others. */
import { domainKey } from '@gatehouse/contracts/environment-api';
import type { Wanted } from './thing.ts';

/** Ids of those whose own document gives a domain away which another document takes. */
export function movingDomains(wanted: readonly Wanted[]): string[] {
  const centers = wanted.filter(({ document: { kind } }) => kind === 'ContactCenter');
  const wantedBy = new Map(
    centers.flatMap(({ id, document }) => domainsOf(document.spec['domains']).map((key) => [key, id])),
  );
  return centers
    .filter(({ id, document, present }) => {
      if (document.spec['domains'] === undefined) return false;
      return domainsOf(present?.spec['domains']).some((key) => (wantedBy.get(key) ?? id) !== id);
    })
    .map(({ id }) => id);
}

function domainsOf(domains: unknown): string[] {
  const list = Array.isArray(domains) ? domains : [domains];
  return list.flatMap((domain) => (typeof domain === 'string' ? [domainKey(domain)] : []));
}
