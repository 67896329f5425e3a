/** Brings a person who had to sign in first back to the page of approvals: a cookie remembers it for ten minutes. */
import type { FastifyReply, FastifyRequest } from 'fastify';

export const approvalsPath = '/auth/approvals';

const nameOf = (publicUrl: string) => `${publicUrl.startsWith('https:') ? '__Host-' : ''}gatehouse-return`;

/** The cookie holds no address: whoever could set it would only lead to this one page. */
export function rememberReturn(reply: FastifyReply, publicUrl: string): void {
  reply.setCookie(nameOf(publicUrl), 'approvals', {
    path: '/',
    httpOnly: true,
    secure: publicUrl.startsWith('https:'),
    sameSite: 'lax',
    maxAge: 600,
  });
}

/** The page to go to, once; undefined for a sign-in that began elsewhere. */
export function takeReturn(
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string,
): string | undefined {
  const name = nameOf(publicUrl);
  if (request.cookies[name] !== 'approvals') return undefined;
  reply.clearCookie(name, { path: '/', secure: publicUrl.startsWith('https:') });
  return approvalsPath;
}
