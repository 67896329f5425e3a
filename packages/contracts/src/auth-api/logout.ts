/** Describes a pending logout for Auth UI: the question to the user, or the calls that the browser must still make. */
import { z } from 'zod';
import { brandingViewSchema } from '../environment-api/branding.ts';

export const logoutViewSchema = z.object({
  id: z.string(),
  /** `ask`: the user is asked first. `ended`: the session is over, the frames tell the applications. */
  step: z.enum(['ask', 'ended']),
  /** Goes into the hidden field `csrf` of the form that is posted to `/auth/v3/oauth/logout/confirm`. */
  csrf: z.string(),
  /** The application that asked. */
  clientName: z.string().optional(),
  /** Every session of the user ends, not this one alone. */
  everywhere: z.boolean().optional(),
  /** The user who is signed in. */
  userName: z.string().optional(),
  /** Where the browser goes afterwards: registered by the application. */
  continueTo: z.string().optional(),
  /** Addresses of applications that the page loads in frames (OpenID Connect Front-Channel Logout 1.0). */
  frames: z.array(z.string()),
  /** Languages as the application asked for them. */
  uiLocales: z.string().optional(),
  /** How the page looks. */
  branding: brandingViewSchema.optional(),
});

export type LogoutView = z.infer<typeof logoutViewSchema>;
