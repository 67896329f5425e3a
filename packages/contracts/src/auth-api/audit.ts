/** Security events as Auth API answers them, and the calls that ask for them. */
import { z } from 'zod';
import { reshipAnswer, verifyAnswer } from '../audit-chain.ts';
import { envelopeOf, successStatus } from '../envelope.ts';
import type { HttpClient } from '../http-client.ts';

export const securityEventSchema = z.object({
  seq: z.int().describe('Order of arrival.'),
  id: z.string(),
  at: z.string().describe('ISO 8601, UTC.'),
  name: z.string(),
  outcome: z.string(),
  correlationId: z.string(),
  sub: z.string().optional(),
  clientId: z.string().optional(),
  contactCenterId: z.string().optional(),
  sid: z.string().optional(),
  clientAddress: z.string().optional(),
  fields: z.record(z.string(), z.unknown()),
});

export type SecurityEvent = z.output<typeof securityEventSchema>;

export const securityEventsAnswer = z.object({
  status: successStatus,
  data: z.array(securityEventSchema),
  nextCursor: z
    .string()
    .optional()
    .describe('`before` of the next page, or `after` where that was asked for.'),
});

export const eraseAnswer = envelopeOf(z.object({ events: z.int(), copies: z.int() }));

export interface SecurityEventFilter {
  user?: string | undefined;
  name?: string | undefined;
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

const path = '/auth/v3/ops/audit';

export function createAuditCalls(authApi: HttpClient) {
  return {
    find: (filter: SecurityEventFilter) =>
      authApi.read(securityEventsAnswer, { method: 'GET', path, query: { ...filter } }),
    verify: async (days: { from?: string | undefined; to?: string | undefined }) =>
      (await authApi.read(verifyAnswer, { method: 'GET', path: `${path}/verify`, query: days })).data,
    reship: async () => (await authApi.read(reshipAnswer, { method: 'POST', path: `${path}/reship` })).data,
    erase: async (user: string) =>
      (await authApi.read(eraseAnswer, { method: 'POST', path: `${path}/erase`, json: { data: { user } } }))
        .data,
  };
}
