/** Describes what administrators ask about people of the people store beside SCIM. */
import { z } from 'zod';

export const issuedPasswordLinkSchema = z.object({
  url: z
    .string()
    .describe('Where the person chooses a first password. It works once and is shown this once.'),
  expiresAt: z.string().describe('ISO 8601, UTC.'),
});

export type IssuedPasswordLink = z.infer<typeof issuedPasswordLinkSchema>;
