/** Brings a person who had to sign in first back to the page of approvals: a cookie remembers it for ten minutes. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ownCookie } from './own-cookie.ts';

export const approvalsPath = '/auth/approvals';

const cookieAt = (publicUrl: string) => ownCookie(publicUrl, 'gatehouse-return');

/** The cookie holds no address: one that somebody else set would only lead to this page. */
export function rememberReturn(reply: FastifyReply, publicUrl: string): void {
  cookieAt(publicUrl).write(reply, 'approvals', { maxAge: 600 });
}

/** The page to go to, once; undefined for a sign-in that began elsewhere. */
export function takeReturn(
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string,
): string | undefined {
  const cookie = cookieAt(publicUrl);
  if (cookie.read(request) !== 'approvals') return undefined;
  cookie.clear(reply);
  return approvalsPath;
}
