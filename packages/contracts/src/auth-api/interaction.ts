/** Describes a pending login for Auth UI: what the page shows, and nothing that a browser could misuse. */
import { z } from 'zod';
import { brandingViewSchema, imageSchema } from '../environment-api/branding.ts';

/** Header that carries the browser-binding cookie's value on the internal call. */
export const browserHeader = 'x-gatehouse-browser';

/**
 * Why the last attempt failed. `bad_credentials` covers an unknown tenant, an unknown user, a disabled user and a wrong
 * password alike. The account codes are given only after the right password was. `sso_no_account` covers everybody whom
 * the identity provider knows and who is not let in here.
 */
export const interactionErrors = [
  'bad_credentials',
  'credentials_required',
  'tenant_required',
  'password_change_required',
  'password_expired',
  'account_locked',
  'account_expired',
  'too_many_sessions',
  'password_policy',
  'password_change_unavailable',
  'passwords_differ',
  'throttled',
  'form_expired',
  'try_again',
  // single sign-on
  'sso_required',
  'sso_unavailable',
  'sso_refused',
  'sso_failed',
  'sso_clock',
  'sso_not_fresh',
  'sso_no_account',
  'second_factor_required',
  'passkey_refused',
  'passkey_unknown',
] as const;

export const interactionErrorSchema = z.enum(interactionErrors);

export const interactionViewSchema = z.object({
  id: z.string(),
  client: z.object({
    id: z.string(),
    name: z.string(),
    /** Where it is: a host. Absent where it has no web address, and in answers of the release before. */
    address: z.string().optional(),
    /** The host that describes the application, which is not registered here. */
    documentHost: z.string().optional(),
    /** Its page that begins a sign-in, with the issuer (OpenID Connect Core section 4). */
    startUri: z.string().optional(),
    /** https addresses of its own pages. */
    clientUri: z.string().optional(),
    policyUri: z.string().optional(),
    tosUri: z.string().optional(),
    /** Stored here; pages load no picture of another host. */
    logo: imageSchema.optional(),
  }),
  /** How the page looks: of the contact centre where it is known, or of the installation. */
  branding: brandingViewSchema.optional(),
  /** Tenant to fill in, from the authorization request. */
  contactCenterHint: z.string().optional(),
  /** User name to fill in: `login_hint`, or what was typed before the last error. */
  userName: z.string().optional(),
  hideTenant: z.boolean(),
  /** Languages as the application asked for them: BCP 47 tags separated by spaces. */
  uiLocales: z.string().optional(),
  /** Present where the user may stay signed in on this device: whether the box was ticked before the last error. */
  remember: z.enum(['offered', 'chosen']).optional(),
  /** Passkeys of this installation exist: the page offers to sign in by one, at `passkeySignInPaths`. */
  passkeys: z.boolean().optional(),
  /** Goes into the hidden field `csrf` of the form that is posted to `/auth/v3/sign-in`. */
  csrf: z.string(),
  /** Origin of the redirect URI, for the `form-action` directive of the page. */
  redirectOrigin: z.string(),
  /** Present while a signed-in user is asked whether the application may have what it asks for. */
  consent: z
    .object({
      userName: z.string(),
      scope: z.array(z.string()),
      /** Authorization details (RFC 9396): what their type says, and their members. */
      details: z
        .array(
          z.object({
            text: z.string(),
            members: z.array(z.object({ name: z.string(), value: z.string() })),
          }),
        )
        .optional(),
      /** Addresses of the APIs that the tokens are for (RFC 8707). */
      resources: z.array(z.string()).optional(),
    })
    .optional(),
  /** Present where a device waits to be let in (RFC 8628): the user compares before saying yes. */
  device: z
    .object({ userCode: z.string(), requestedFrom: z.string(), requestedAt: z.iso.datetime() })
    .optional(),
  error: interactionErrorSchema.optional(),
  /** With `password_policy`: the rules that the new password breaks, such as `min-length`. */
  brokenRules: z.array(z.string()).optional(),
  /** With `throttled` and `try_again`: when another attempt makes sense. */
  retryAfterSeconds: z.int().nonnegative().optional(),
  /** Request id of the failed attempt, shown so that support can find it in the log. */
  correlationId: z.string().optional(),
  /** ISO 8601, UTC. */
  expiresAt: z.iso.datetime(),
});

export type InteractionError = z.infer<typeof interactionErrorSchema>;
export type InteractionView = z.infer<typeof interactionViewSchema>;
