/** Revokes what a client, a person or a contact centre holds, and shows before what would end. */
import type {
  RevocationAnswer,
  RevocationOrder,
  RevocationTarget,
} from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { badRequest, forbidden, notFound } from '@gatehouse/service-kit/errors';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { Actor } from '../../core/administration/actor.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { Within } from './accounts.ts';
import { helpDeskEventOf } from './events.ts';
import type { HelpDeskPeople } from './people.ts';
import {
  createRevocationPreview,
  ownerIn,
  type RevocationPreviewOptions,
  timeOf,
} from './revocation-preview.ts';

export interface OrderedRevocationsOptions extends RevocationPreviewOptions {
  people: Pick<HelpDeskPeople, 'contactCenter' | 'find'>;
  clientDirectory: Pick<ClientDirectory, 'find'>;
  sessions: Pick<SessionService, 'list' | 'endAll'>;
  revocations: Pick<Revocations, 'revoke'>;
  audit: Pick<AuditWriter, 'write'>;
  /** `sub` of the operator who signed in to the console by a link. */
  operatorSub: string;
  /** Nothing older can be alive. */
  maxLifeMs: number;
  now: Clock;
}

export function createOrderedRevocations(options: OrderedRevocationsOptions) {
  const { people, clientDirectory, sessions, revocations, audit, operatorSub, maxLifeMs, now } = options;
  const wouldEnd = createRevocationPreview(options);

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

  return {
    /** In force on every replica within a second; may be repeated. @throws AppError 400, 404, 503 */
    async revoke(order: RevocationOrder, actor: Actor): Promise<RevocationAnswer> {
      const target = await targetOf(order, actor.within);
      const { kind, id } = target;
      if (order.dryRun) {
        const fields = { purpose: 'revocation', ...nameIn(target) };
        await audit.write(helpDeskEventOf('access_inspected', actor, { ...factsOf(target), fields }));
        return { target, ends: await wouldEnd[kind](target, now() - maxLifeMs) };
      }
      const revokedAtMs = now();
      const fields = { kind, ...nameIn(target) };
      // In parallel: what is urgent must not wait for the audit trail.
      await Promise.all([
        kind === 'user' ? sessions.endAll(ownerIn(target)) : revocations.revoke({ kind, id }),
        audit.write(helpDeskEventOf('access_revoked', actor, { ...factsOf(target), fields })),
      ]);
      return { target, revokedAt: timeOf(revokedAtMs) };
    },
  };
}

/** People are found by name; of a client and a contact centre the id finds the name. */
const nameIn = ({ kind, name: userName }: RevocationTarget) =>
  kind === 'user' ? definedOnly({ userName }) : {};

const factsOf = ({ kind, id, contactCenterId }: RevocationTarget) => {
  if (kind === 'user') return { sub: id, contactCenterId };
  return kind === 'client' ? { clientId: id } : { contactCenterId: id };
};
