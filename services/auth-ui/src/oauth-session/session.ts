/** Defines the session of a person at the console, and keeps it in an encrypted cookie. */
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { type ContactCenterRight, contactCenterRightsBy } from '@gatehouse/contracts/values';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ownCookie } from '../pages/own-cookie.ts';
import type { Seal } from './seal.ts';

const sessionSchema = z.object({
  accessToken: z.string(),
  /** Absent: the session ends with its access token. */
  refreshToken: z.string().optional(),
  expiresAtMs: z.number(),
  signedInAtMs: z.number(),
  /** Of a sign-in that followed at once on one whose token was refused. */
  isRetry: z.boolean().optional(),
  /** Goes into each form. */
  csrf: z.string(),
  sub: z.string(),
  userName: z.string(),
  /** Of the login session at Auth API that the tokens come from. */
  sid: z.string().optional(),
  contactCenterId: z.string().optional(),
  /** Of the operator: correlation id of the request that made the link. */
  linkRequest: z.string().optional(),
  authorities: z.array(z.string()),
});

export type Session = z.infer<typeof sessionSchema>;

/** Rights in one contact centre below that of its administrators. */
export type LesserRight = Exclude<ContactCenterRight, 'administrator'>;

/** The rights of a person, to show or hide links. They decide nothing: the APIs look at the token. */
export function rightsOf({ authorities }: Session) {
  const installation = authorities.includes(installationAdminAuthority);
  const rights = contactCenterRightsBy(authorities);
  const contactCenter = rights.includes('administrator');
  const lesser = rights.filter((right) => right !== 'administrator');
  return {
    installation,
    contactCenter,
    /** Of a person who has no higher right. */
    lesser: installation || contactCenter ? [] : lesser,
  };
}

export type SessionCookie = ReturnType<typeof createSessionCookie>;

export function createSessionCookie({ seal, publicUrl }: { seal: Seal; publicUrl: string }) {
  const cookie = ownCookie(publicUrl, 'gatehouse-console');
  return {
    /** Undefined: no cookie, or one that is not ours. */
    async read(request: FastifyRequest): Promise<Session | undefined> {
      const sealed = cookie.read(request);
      if (sealed === undefined) return undefined;
      const read = sessionSchema.safeParse(await seal.open(sealed));
      return read.success ? read.data : undefined;
    },
    /** Ends with the browser, if not before. */
    async write(reply: FastifyReply, session: Session): Promise<void> {
      cookie.write(reply, await seal.seal(session));
    },
    clear: cookie.clear,
  };
}
