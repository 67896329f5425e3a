/** Learns from a server whether it is sure that wrong passwords never lock an account. */
import { PresenceFilter } from 'ldapts';
import type { Link } from '../directory.ts';
import { textsOf } from '../people/entry.ts';
import { operations } from '../wire/answers.ts';
import { passwordPolicyOid, searchRequest } from '../wire/requests.ts';

/**
 * OpenLDAP locks by the overlay of password policies alone, and names its control (RFC 4512 section 5.1) where that is loaded.
 * Others have locks of their own, which nothing tells.
 */
export async function neverLocks({ main, limits }: Link): Promise<boolean> {
  const encode = searchRequest({
    base: '',
    scope: 'base',
    filter: new PresenceFilter({ attribute: 'objectClass' }),
    attributes: ['objectClass', 'supportedControl'],
    sizeLimit: 1,
    timeLimitSeconds: 1,
  });
  const { entries } = await main.exchange(
    { encode, operation: operations.searchDone, maxEntries: 1 },
    limits,
  );
  return entries.some((entry) => {
    const controls = textsOf(entry, 'supportedControl');
    const isOpenLdap = textsOf(entry, 'objectClass').includes('OpenLDAProotDSE');
    return isOpenLdap && controls.length > 0 && !controls.includes(passwordPolicyOid);
  });
}
