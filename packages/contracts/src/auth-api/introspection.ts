/** Describes the answer of `POST /auth/v3/oauth/introspect` (RFC 7662 section 2.2) with the fields that our services use. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { assuranceLevels } from '../values/assurance.ts';

export const introspectionActiveSchema = z.object({
  active: z.literal(true),
  scope: z.string(),
  client_id: z.string(),
  token_type: z.enum(['bearer', 'DPoP']),
  /** Seconds since the epoch. */
  exp: z.int(),
  iat: z.int(),
  iss: z.string(),
  /** The user, or the client where there is no user. */
  sub: z.string(),
  aud: z.array(z.string()).optional(),
  /** Of a JWT. */
  jti: z.string().optional(),
  /** Public id of the browser session that the token came from. */
  sid: z.string().optional(),
  /** The party that acts for the user. Its own `act` is the party that acted before (RFC 8693 section 4.1). */
  act: z.looseObject({ sub: z.string(), client_id: z.string() }).optional(),
  /** The one party that may act for the user with the token (RFC 8693 section 4.4). */
  may_act: z
    .object({ iss: z.string().optional(), sub: z.string().optional(), client_id: z.string().optional() })
    .optional(),
  /** When the user proved who they are, in seconds since the epoch (RFC 9470 section 6.2). */
  auth_time: z.int().optional(),
  /** How surely the user proved who they are (RFC 9470 section 6.2). Absent in the answer of the release before. */
  acr: z.string().optional(),
  /**
   * Of a person at the console: the level that the policy requires there, whether the sign-in meets the policy, and when it reached
   * the level. Absent in the answer of the release before.
   */
  step_up: z
    .object({ level: z.enum(assuranceLevels), is_met: z.boolean(), proved_at: z.int().optional() })
    .optional(),
  username: z.string().optional(),
  /** Of the operator who signed in to the console by a link: correlation id of the request that made it. */
  link_request: z.string().optional(),
  environment_id: z.string().optional(),
  contact_center_id: z.string().optional(),
  /** The key (RFC 9449) or certificate (RFC 8705) that the token is bound to (RFC 7800). */
  cnf: z.object({ jkt: z.string().optional(), 'x5t#S256': z.string().optional() }).optional(),
  /** RFC 9396 section 9.2. */
  authorization_details: z.array(z.looseObject({ type: z.string() })).optional(),
  grant_type: z.string(),
  /** Authorities of the user; of the client where there is no user. */
  authorities: z.array(z.string()),
  /** Present where the scope or the registration of the client asks for them. */
  roles: z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
  /** Contact centres the token is bound to. */
  contact_center_ids: z.array(z.string()),
  /** The token is an internal client's own: no user stands behind it. */
  internal_client: z.boolean(),
});
components.add(introspectionActiveSchema, { id: 'ActiveAccessToken' });

/** A refresh token, told to nobody but its client and the operator. It has no token_type: it gives access to nothing. */
export const introspectionRefreshSchema = introspectionActiveSchema
  .pick({ active: true, scope: true, client_id: true, exp: true, iat: true, iss: true, sub: true })
  .extend({ token_use: z.literal('refresh_token'), username: z.string(), contact_center_id: z.string() });
components.add(introspectionRefreshSchema, { id: 'ActiveRefreshToken' });

const introspectionInactiveSchema = z.object({ active: z.literal(false) });
components.add(introspectionInactiveSchema, { id: 'InactiveToken' });

export const introspectionAnswerSchema = z.union([
  introspectionActiveSchema,
  introspectionRefreshSchema,
  introspectionInactiveSchema,
]);

export type IntrospectionRefresh = z.infer<typeof introspectionRefreshSchema>;
export type IntrospectionActive = z.infer<typeof introspectionActiveSchema>;

/** Authority that may administer clients and environments. */
export const managementAuthority = 'ROLE_MANAGEMENT_APPLICATION';
