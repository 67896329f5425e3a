/** Remembers for a while which number the tenants of an environment have at its Configuration Server. */

import type { EnvironmentView } from '@gatehouse/contracts/environment-api';
import { type CallOptions, findTenant, type PeopleDirectory } from '@gatehouse/people-directory';
import type { Clock } from '@gatehouse/service-kit/clock';
import { LRUCache } from 'lru-cache';

const questionMs = 5_000;
const freshMs = 10 * 60_000;
/** Logins that fail for a missing tenant must not make the server list all its tenants each time. */
const missingMs = 5_000;
const maxKnown = 1_000;

export function createTenantNumbers(now: Clock) {
  const known = new LRUCache<string, { dbid: number | undefined; readAtMs: number }>({ max: maxKnown });

  /** Undefined: the server has no tenant of that name. @throws ConfigServerError */
  return async (
    { id, version }: EnvironmentView,
    backend: Pick<PeopleDirectory, 'readTenants'>,
    name: string,
    { signal }: CallOptions,
  ): Promise<number | undefined> => {
    const key = `${id}/${version}/${name}`;
    const entry = known.get(key);
    const usableMs = entry?.dbid === undefined ? missingMs : freshMs;
    if (entry !== undefined && now() - entry.readAtMs < usableMs) return entry.dbid;
    const options = signal === undefined ? {} : { signal };
    const found = await findTenant(backend, name, { ...options, deadlineMs: questionMs });
    known.set(key, { dbid: found?.DBID, readAtMs: now() });
    return found?.DBID;
  };
}
