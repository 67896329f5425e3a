/** Describes what waits for the approval of a signed-in person (OpenID CIBA), and the forms of the page that shows it. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { successStatus } from '../answers/envelope.ts';

export const approvalSchema = z.object({
  id: z.string(),
  client: z.object({
    id: z.string(),
    name: z.string(),
    /** Where it is: a host. Absent where it has no web address, and in answers of the release before. */
    address: z.string().optional(),
  }),
  scope: z.array(z.string()),
  /** The client shows this message as well, so that the person can compare. */
  bindingMessage: z.string().optional(),
  /** ISO 8601, UTC. */
  requestedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
components.add(approvalSchema, { id: 'Approval' });

export const approvalListSchema = z.object({
  status: successStatus,
  /** Oldest first. */
  data: z.array(approvalSchema),
  user: z.object({
    username: z.string(),
    /** The contact centre whose branding the page has. Absent in answers of the release before. */
    contactCenterId: z.string().optional(),
  }),
  /** Goes into the hidden field `csrf` of the forms below. */
  csrf: z.string(),
  /** Whether the person has chosen a code that some clients must know before they may ask; false when the page refreshes. */
  hasUserCode: z.boolean(),
});

/** Values of `answer` in `POST /auth/v3/approvals/answer`, beside `approval` and `csrf`. Answers 303 to `/auth/approvals?result=…`. */
export const approvalAnswers = { approved: 'approved', denied: 'denied' } as const;

/** `POST /auth/v3/approvals/user-code`, with `csrf`. An empty code removes the one that is kept. Answers 303 as above. */
export const userCodeFields = { userCode: 'userCode' } as const;

/** Shortest and longest code, in characters. */
export const userCodeLength = { min: 6, max: 64 };

/** The result of the last form. `form_expired`: the form was not made for this session. `confirm`: the second step is done, and the form must be sent again. */
export const approvalResults = [
  'approved',
  'denied',
  'gone',
  'code_kept',
  'code_removed',
  'code_refused',
  'form_expired',
  'confirm',
] as const;

export type ApprovalResult = (typeof approvalResults)[number];
export type ApprovalView = z.infer<typeof approvalSchema>;
export type ApprovalList = z.infer<typeof approvalListSchema>;
