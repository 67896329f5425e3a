/** Says before a revocation what would end with it: people, sessions, clients and consents. */
import type { RevocationAnswer, RevocationTarget } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { ConsentService } from '../../browser/consents/service.ts';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { SessionOwner } from '../../browser/sessions/store.ts';
import type { SeenPeople } from '../../records/audit/seen-people.ts';
import type { ClientService } from '../../registry/clients/service.ts';
import { ownerOf } from './people.ts';

export interface RevocationPreviewOptions {
  clients: Pick<ClientService, 'list'>;
  consents: Pick<ConsentService, 'count'>;
  sessions: Pick<SessionService, 'list'>;
  seen: Pick<SeenPeople, 'during'>;
}

type Ends = NonNullable<RevocationAnswer['ends']>;

const peopleAtOnce = 50;

/** A question for each kind of target; `fromMs`: nothing older can be alive. */
export function createRevocationPreview({ clients, consents, sessions, seen }: RevocationPreviewOptions) {
  /** `clientId`: only those in which this client got tokens. */
  const countSessions = async (owners: readonly SessionOwner[], clientId?: string): Promise<number> => {
    let count = 0;
    for (let from = 0; from < owners.length; from += peopleAtOnce) {
      const lists = await Promise.all(owners.slice(from, from + peopleAtOnce).map(sessions.list));
      const held = lists.flat();
      count += held.filter(({ clientIds }) => clientId === undefined || clientIds.includes(clientId)).length;
    }
    return count;
  };

  /** Those that serve all contact centres go on. */
  const clientsOf = async (contactCenterId: string): Promise<string[]> => {
    const filter = { search: undefined, contactCenterId };
    const ids: string[] = [];
    for (let after: string | undefined; ; ) {
      const { rows, nextCursor } = await clients.list(filter, { limit: 1000, offset: 0, after });
      const bound = rows.filter(({ contactCenterIds }) => contactCenterIds.length > 0);
      ids.push(...bound.map(({ clientId }) => clientId));
      if (nextCursor === undefined) return ids;
      after = rows.at(-1)?.clientId;
    }
  };

  return {
    async client({ id }, fromMs) {
      const { subs, sinceMs } = await seen.during(fromMs, { clientId: id });
      const [held, given] = await Promise.all([
        countSessions(
          subs.map((sub) => ({ everywhere: sub })),
          id,
        ),
        consents.count(id),
      ]);
      return {
        people: subs.length,
        sessions: 0,
        clients: [id],
        since: timeOf(sinceMs),
        client: { sessions: held, consents: given },
      };
    },
    async user(target, fromMs) {
      const held = await sessions.list(ownerIn(target));
      const clientIds = new Set(held.flatMap((session) => session.clientIds));
      return { people: 1, sessions: held.length, clients: [...clientIds], since: timeOf(fromMs) };
    },
    async 'contact-center'({ id }, fromMs) {
      const [{ subs, sinceMs }, bound] = await Promise.all([
        seen.during(fromMs, { contactCenterId: id }),
        clientsOf(id),
      ]);
      return {
        people: subs.length,
        sessions: await countSessions(subs.map((sub) => ({ contactCenterId: id, sub }))),
        clients: bound,
        since: timeOf(sinceMs),
      };
    },
  } satisfies Record<RevocationTarget['kind'], (target: RevocationTarget, fromMs: number) => Promise<Ends>>;
}

export const ownerIn = ({ id, contactCenterId }: RevocationTarget) =>
  ownerOf(definedOnly({ sub: id, contactCenterId }));

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
