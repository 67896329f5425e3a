/** Derives shared signals from security events: which sessions ended, whose password changed, and who caused it. */

import { signalEvents } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import { z } from 'zod';
import type { AuditEventName, RecordedAuditEvent } from '../../records/audit/event.ts';

/** Plain JSON. */
export const signalSchema = z.object({
  /** The same for a signal that is stored twice. */
  id: z.string(),
  atMs: z.number(),
  event: z.enum(signalEvents),
  initiator: z.enum(['admin', 'user', 'system']),
  correlationId: z.string(),
  /** Absent: everybody of the contact centre. */
  sub: z.string().optional(),
  /** Absent: every session. */
  sid: z.string().optional(),
  contactCenterId: z.string().optional(),
  /** Of a credential; absent: a password that changed. */
  credential: z
    .object({ type: z.string(), change: z.enum(['create', 'revoke', 'update', 'delete']) })
    .optional(),
  /** The account is one for several contact centres: each that knows the person by the `sub` is told. */
  isOfAccount: z.boolean().optional(),
});

export type Signal = z.infer<typeof signalSchema>;

type Facts = Pick<Signal, 'event'> &
  Partial<Pick<Signal, 'initiator' | 'sid' | 'isOfAccount' | 'credential'>>;

const everySession: Facts = { event: 'session-revoked' };
const password: Facts = { event: 'credential-change' };

const oneSession = ({ sid }: RecordedAuditEvent): Facts[] =>
  sid === undefined ? [] : [{ event: 'session-revoked', sid }];

const meanings: Partial<Record<AuditEventName, (event: RecordedAuditEvent) => Facts[]>> = {
  logout: oneSession,
  session_ended: oneSession,
  global_logout: () => [everySession],
  // Tokens of a client are no session.
  access_revoked: ({ fields }) => (fields?.['kind'] === 'client' ? [] : [everySession]),
  first_password_set: () => [password],
  factors_reset: ({ fields }) => [
    everySession,
    ...[fields?.['credentials'] ?? []].flat().map((type) => ({
      event: 'credential-change' as const,
      credential: { type: String(type), change: 'revoke' as const },
    })),
  ],
  password_changed: () => [password, everySession].map((facts) => ({ ...facts, isOfAccount: true })),
  person_cut_off: ({ fields }) =>
    (fields?.['reason'] === 'password' ? [password, everySession] : [everySession]).map((facts) => ({
      ...facts,
      initiator: 'admin',
    })),
};

export function signalsOf(event: RecordedAuditEvent): Signal[] {
  const meaning = meanings[event.name];
  if (meaning === undefined || event.outcome !== 'success') return [];
  const { id, atMs, correlationId, sub, contactCenterId } = event;
  return meaning(event).map((facts) => ({
    ...definedOnly({ atMs, correlationId, sub, contactCenterId }),
    id: [id, facts.event, facts.credential?.type].filter(Boolean).join(' '),
    initiator: initiatorOf(event),
    ...facts,
  }));
}

function initiatorOf({ fields }: RecordedAuditEvent): Signal['initiator'] {
  if (fields?.['actor'] !== undefined) return 'admin';
  return fields?.['by'] === undefined ? 'user' : 'system';
}
