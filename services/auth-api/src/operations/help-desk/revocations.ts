/** Revokes what a client, a person or a contact centre holds, and shows before what would end. */
import type {
  RevocationAnswer,
  RevocationOrder,
  RevocationTarget,
} from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { badRequest, forbidden, notFound } from '@gatehouse/service-kit/errors';
import type { ConsentService } from '../../browser/consents/service.ts';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { SessionOwner } from '../../browser/sessions/store.ts';
import type { Actor } from '../../core/administration/actor.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { SeenPeople } from '../../records/audit/seen-people.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { ClientService } from '../../registry/clients/service.ts';
import { helpDeskEventOf } from './events.ts';
import { type HelpDeskPeople, ownerOf, type Within } from './people.ts';

export interface OrderedRevocationsOptions {
  people: Pick<HelpDeskPeople, 'contactCenter' | 'find'>;
  clientDirectory: Pick<ClientDirectory, 'find'>;
  clients: Pick<ClientService, 'list'>;
  consents: Pick<ConsentService, 'count'>;
  sessions: Pick<SessionService, 'list' | 'endAll'>;
  revocations: Pick<Revocations, 'revoke'>;
  seen: Pick<SeenPeople, 'during'>;
  audit: Pick<AuditWriter, 'write'>;
  /** `sub` of the operator who signed in to the console by a link. */
  operatorSub: string;
  /** Nothing older can be alive. */
  maxLifeMs: number;
  now: Clock;
}

type Ends = NonNullable<RevocationAnswer['ends']>;

const peopleAtOnce = 50;

export function createOrderedRevocations(options: OrderedRevocationsOptions) {
  const { people, clientDirectory, clients, consents, sessions, revocations, seen, audit } = options;
  const { operatorSub, maxLifeMs, now } = options;

  const targetOf = async (order: RevocationOrder, within: Within): Promise<RevocationTarget> => {
    const { client: clientId, user, contactCenter } = order;
    if (clientId !== undefined && (user ?? contactCenter) !== undefined)
      throw badRequest('client cannot stand beside user or contactCenter: give one of them', {
        field: 'data.client',
      });
    if (clientId !== undefined) {
      if (within !== undefined)
        throw forbidden('Clients are revoked by administrators of the installation alone', {
          field: 'data.client',
        });
      const client = await clientDirectory.find(clientId);
      if (client === undefined) throw notFound('There is no such client', { field: 'data.client' });
      return { kind: 'client', id: clientId, name: client.name };
    }
    // Within a contact centre it is the name of a person, whatever it looks like.
    if (user === operatorSub && (contactCenter ?? within) === undefined)
      return { kind: 'user', id: operatorSub };
    if (user !== undefined) {
      const { sub, userName, contactCenterId } = await people.find({ user, contactCenter }, within);
      return definedOnly({ kind: 'user' as const, id: sub, name: userName, contactCenterId });
    }
    if (contactCenter === undefined)
      throw badRequest('Name what to revoke: client, user or contactCenter', { field: 'data' });
    const { id, name } = await people.contactCenter(contactCenter, within);
    return { kind: 'contact-center', id, name };
  };

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

  const endsFor: Record<
    RevocationTarget['kind'],
    (target: RevocationTarget, fromMs: number) => Promise<Ends>
  > = {
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
  };

  const factsOf = ({ kind, id, contactCenterId }: RevocationTarget) => {
    if (kind === 'user') return { sub: id, contactCenterId };
    return kind === 'client' ? { clientId: id } : { contactCenterId: id };
  };

  return {
    /** In force on every replica within a second; may be repeated. @throws AppError 400, 404, 503 */
    async revoke(order: RevocationOrder, actor: Actor): Promise<RevocationAnswer> {
      const target = await targetOf(order, actor.within);
      const { kind, id } = target;
      if (order.dryRun) {
        const fields = { purpose: 'revocation' };
        await audit.write(helpDeskEventOf('access_inspected', actor, { ...factsOf(target), fields }));
        return { target, ends: await endsFor[kind](target, now() - maxLifeMs) };
      }
      const revokedAtMs = now();
      // In parallel: what is urgent must not wait for the audit trail.
      await Promise.all([
        kind === 'user' ? sessions.endAll(ownerIn(target)) : revocations.revoke({ kind, id }),
        audit.write(helpDeskEventOf('access_revoked', actor, { ...factsOf(target), fields: { kind } })),
      ]);
      return { target, revokedAt: timeOf(revokedAtMs) };
    },
  };
}

const ownerIn = ({ id, contactCenterId }: RevocationTarget) =>
  ownerOf(definedOnly({ sub: id, contactCenterId }));

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
