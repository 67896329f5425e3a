/** The calls that read, export and verify security events, and those of their retention. */

import { type RowFormat, reshipAnswer, retentionAnswer, verifyAnswer } from '@gatehouse/contracts/answers';
import { eraseAnswer, type NamedPerson, securityEventsAnswer } from '@gatehouse/contracts/auth-api';
import { readExport } from '../administration/row-export.ts';
import type { HttpClient } from '../http/http-client.ts';

/** Enough to see everybody of a name. */
const maxLooked = '50';

export interface SecurityEventFilter {
  user?: string | undefined;
  userContactCenterId?: string | undefined;
  actor?: string | undefined;
  name?: string | undefined;
  kind?: string | undefined;
  outcome?: string | undefined;
  clientId?: string | undefined;
  contactCenterId?: string | undefined;
  correlationId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  before?: string | undefined;
  after?: string | undefined;
  limit?: string | undefined;
}

/** All calls throw UpstreamError. */
export function createAuditCalls(http: HttpClient) {
  const path = '/auth/v3/ops/audit';
  const find = (filter: SecurityEventFilter & { subs?: string | undefined }) =>
    http.read(securityEventsAnswer, { path, query: { ...filter } });
  return {
    /** `subs`: of people whom the answer names, too, separated by commas. */
    find,
    /** Those of a user name or `sub` who signed in here: what they change has their `sub` alone. `home`: the id of their contact centre. */
    async peopleCalled(user: string, home?: string): Promise<NamedPerson[]> {
      const { people } = await find({ user, userContactCenterId: home, limit: maxLooked });
      const isSame = (name: string) => name.toLowerCase() === user.toLowerCase();
      return people.filter(
        ({ sub, userName, contactCenterId }) =>
          isSame(sub) || (isSame(userName) && (home === undefined || home === contactCenterId)),
      );
    },
    /** The text of all events that the filter finds, newest first. */
    export: (filter: SecurityEventFilter, format: RowFormat) =>
      readExport(http, { path: `${path}/export`, query: { ...filter }, format, key: 'seq' }),
    verify: async (days: { from?: string | undefined; to?: string | undefined }) => {
      const { data, waiting } = await http.read(verifyAnswer, { path: `${path}/verify`, query: days });
      return { days: data, waiting };
    },
    waitingDeletions: async () => (await http.read(retentionAnswer, { path: `${path}/retention` })).data,
    confirmDeletions: async () =>
      (await http.read(retentionAnswer, { method: 'POST', path: `${path}/retention/confirm` })).data,
    reship: async () => (await http.read(reshipAnswer, { method: 'POST', path: `${path}/reship` })).data,
    erase: async (user: string) =>
      (await http.read(eraseAnswer, { method: 'POST', path: `${path}/erase`, json: { data: { user } } }))
        .data,
  };
}
