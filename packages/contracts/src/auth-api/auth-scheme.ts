/** Describes `POST /auth/v3/auth-scheme`: how users of a tenant sign in. The answer never tells whether the user exists. */
import { z } from 'zod';
import { freeText } from '../values/text.ts';
import { interactionViewSchema } from './interaction.ts';

/** Names the visitor: all requests come from the one address of Auth UI. */
export const visitorAddressHeader = 'x-gatehouse-visitor-address';

export const authSchemeQuestionSchema = z.object({
  /** May be `tenant\user`. */
  userName: freeText(512).default(''),
  tenant: freeText(255).optional(),
});

export const authSchemeSchema = z.enum(['basic', 'saml', 'oidc']);

export const authSchemeAnswerSchema = z.object({ scheme: authSchemeSchema });

/** A pending login, and the way to sign in of the user name that its first page was given. The second page needs nothing else. */
export const namedLoginSchema = z.object({ interaction: interactionViewSchema, scheme: authSchemeSchema });

export type AuthSchemeQuestion = z.input<typeof authSchemeQuestionSchema>;
export type AuthScheme = z.infer<typeof authSchemeSchema>;
