/** Defines the query and the bodies of `/auth/v3/ops/audit`. */

import { wrapped } from '@gatehouse/contracts/envelope';
import { label } from '@gatehouse/contracts/text';
import { z } from 'zod';

const text = label(512).optional();
const seq = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();
const time = z.iso
  .datetime({ offset: true, message: 'must be a time such as 2027-01-31T12:00:00Z' })
  .optional();

export const auditQuerySchema = z
  .object({
    user: text.describe('User name in any case, or `sub`.'),
    name: text.describe('Name of the event, such as login_failed.'),
    outcome: z.enum(['success', 'failure']).optional(),
    clientId: text,
    contactCenterId: text,
    correlationId: text.describe('The id on the error page, in the log line and in the answer header.'),
    from: time.describe('Not before this time.'),
    to: time.describe('Before this time.'),
    before: seq.describe('`nextCursor` of the page before.'),
    after: seq.describe('Only later events, oldest first.'),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
  })
  .refine(({ before, after }) => before === undefined || after === undefined, {
    path: ['after'],
    message: 'before and after are both given: keep one',
  });

export const eraseBodySchema = wrapped(
  z.object({ user: label(512).describe('User name in any case, or `sub`.') }),
);
