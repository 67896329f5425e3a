/** Keeps something in the browser for this host alone. */
import type { FastifyReply, FastifyRequest } from 'fastify';

export function ownCookie(publicUrl: string, baseName: string) {
  const secure = publicUrl.startsWith('https:');
  // RFC 6265bis section 4.1.3.2: `__Host-` needs Secure, which plain HTTP on a loopback address cannot have.
  const name = secure ? `__Host-${baseName}` : baseName;
  const attributes = { path: '/', httpOnly: true, secure, sameSite: 'lax' } as const;
  return {
    name,
    read: ({ cookies }: FastifyRequest): string | undefined => cookies[name],
    /** Without `maxAge` (in seconds) it ends with the browser. */
    write: (reply: FastifyReply, value: string, { maxAge }: { maxAge?: number } = {}): FastifyReply =>
      reply.setCookie(name, value, { ...attributes, ...(maxAge !== undefined && { maxAge }) }),
    clear: (reply: FastifyReply): FastifyReply => reply.clearCookie(name, attributes),
  };
}
