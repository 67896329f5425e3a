/** A profile: where an installation is, and as whom it is asked. */
import { z } from 'zod';

const address = z.url({
  protocol: /^https?$/,
  error: 'must be an address such as https://login.example.com',
});

const credentialsSchema = z.discriminatedUnion('kind', [
  /** The operator account: HTTP Basic with the plain password. */
  z.object({ kind: z.literal('operator'), username: z.string().min(1), password: z.string().min(1) }),
  /** A client with the authority to manage: a token by its client credentials. */
  z.object({ kind: z.literal('client'), clientId: z.string().min(1), clientSecret: z.string().min(1) }),
  /** A token that is there already. */
  z.object({ kind: z.literal('token'), token: z.string().min(1) }),
]);

export const profileSchema = z.object({
  /** The public host of the installation. */
  url: address,
  /** Where Environment API has a host of its own. */
  environmentUrl: address.optional(),
  /** File with the authorities of its certificate, in PEM; those of the system without it. */
  caFile: z.string().optional(),
  credentials: credentialsSchema,
});

export const profileFileSchema = z.object({
  /** The profile that counts when none is named. */
  current: z.string().optional(),
  profiles: z.record(z.string(), profileSchema),
});

export const profileNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export type Credentials = z.infer<typeof credentialsSchema>;
export type Profile = z.infer<typeof profileSchema>;
export type ProfileFile = z.infer<typeof profileFileSchema>;
