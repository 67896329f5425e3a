/** Defines the query and the bodies of `/auth/v3/ops/audit`. */

import { rowExportFields, wrapped } from '@gatehouse/contracts/answers';
import { label } from '@gatehouse/contracts/values';
import { z } from 'zod';
import { type AuditEventName, auditEventNames, auditEvents } from './event.ts';

const isConfiguration = (name: AuditEventName) => auditEvents[name].kind.category.includes('configuration');

const text = label(512).optional();
const seq = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();
const time = z.iso
  .datetime({ offset: true, message: 'must be a time such as 2027-01-31T12:00:00Z' })
  .optional();

const filters = {
  user: text.describe('User name in any case, or `sub`.'),
  userContactCenterId: text.describe(
    'Where the person is whom `user` names: others may have the name elsewhere.',
  ),
  // Everybody who has one user name, by `sub`: at many contact centres there is an `admin`.
  actor: label(4_096)
    .optional()
    .describe(
      'Who caused the event: the operator account, a client id or a `sub`. Several are separated by commas. Beside `user` it finds the events of both.',
    ),
  name: text.describe('Names of events, such as login_failed, separated by commas.'),
  kind: z
    .enum(['security', 'configuration'])
    .optional()
    .describe('`configuration`: what administrators changed, such as a client. `security`: the rest.'),
  outcome: z.enum(['success', 'failure']).optional(),
  clientId: text,
  contactCenterId: text,
  correlationId: text.describe('The id on the error page, in the log line and in the answer header.'),
  from: time.describe('Not before this time.'),
  to: time.describe('Before this time.'),
};

export const auditQuerySchema = z
  .object({
    ...filters,
    before: seq.describe('`nextCursor` of the page before.'),
    subs: label(8192)
      .optional()
      .transform((text) => text?.split(',') ?? [])
      .pipe(z.array(z.string()).max(100))
      .describe('The answer names these people, too: their `sub`, separated by commas, at most 100.'),
    after: seq.describe('Only later events, oldest first.'),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
  })
  .refine(({ before, after }) => before === undefined || after === undefined, {
    path: ['after'],
    message: 'before and after are both given: keep one',
  });

export const auditExportQuerySchema = z.object({
  ...filters,
  before: seq.describe('Only earlier events: `seq` of the last one of an export that was cut.'),
  ...rowExportFields,
});

/** Of both queries, with the contact centre that the administrator is confined to. */
export function filterOf(
  {
    from,
    to,
    name,
    kind,
    actor,
    ...filter
  }: Omit<z.output<typeof auditExportQuerySchema>, 'before' | 'format' | 'limit'>,
  within: string | undefined,
) {
  const ofKind = kind && auditEventNames.filter((one) => isConfiguration(one) === (kind === 'configuration'));
  const named = name?.split(',').map((one) => one.trim());
  return {
    ...filter,
    actors: actor?.split(',').map((one) => one.trim()),
    names: named && ofKind ? named.filter((one) => ofKind.some((other) => other === one)) : (named ?? ofKind),
    contactCenterId: filter.contactCenterId ?? within,
    fromMs: from === undefined ? undefined : Date.parse(from),
    toMs: to === undefined ? undefined : Date.parse(to),
  };
}

/** Another contact centre than the one that the administrator is confined to. */
export function isBeyond(
  within: string | undefined,
  { contactCenterId }: { contactCenterId: string | undefined },
): boolean {
  return within !== undefined && contactCenterId !== within;
}

export const eraseBodySchema = wrapped(
  z.object({ user: label(512).describe('User name in any case, or `sub`.') }),
);
