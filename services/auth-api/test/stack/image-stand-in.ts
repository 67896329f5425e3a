/** The pictures of the stand-in for Environment API: every body that begins with `picture` is one. */
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

export type ImageStandIn = ReturnType<typeof createImageStandIn>;

export function createImageStandIn() {
  const stored = new Map<string, Buffer>();
  /** Digests by client. */
  const ofClients = new Map<string, Set<string>>();

  async function ofClient(request: IncomingMessage, url: URL, clientId: string) {
    const logos = ofClients.get(clientId) ?? new Set<string>();
    ofClients.set(clientId, logos);
    if (request.method === 'DELETE') {
      const except = url.searchParams.get('except');
      for (const digest of logos) if (digest !== except) logos.delete(digest);
      return { status: 200, data: undefined };
    }
    const bytes = await buffer(request);
    if (!bytes.toString('latin1').startsWith('picture')) return { status: 400, data: undefined };
    const digest = hash('sha256', bytes);
    stored.set(digest, bytes);
    logos.add(digest);
    return { status: 200, data: { digest, width: 64, height: 32 } };
  }

  return {
    stored,
    ofClients,
    /** Undefined: another endpoint is asked. */
    answer(request: IncomingMessage, url: URL): Promise<{ status: number; data: unknown }> | undefined {
      const [, kind, id] = /\/internal\/(client-logos|images)\/([^/]+)$/.exec(url.pathname) ?? [];
      if (id === undefined) return undefined;
      if (kind === 'client-logos') return ofClient(request, url, decodeURIComponent(id));
      const content = stored.get(id);
      if (content === undefined) return Promise.resolve({ status: 404, data: undefined });
      const facts = { digest: id, type: 'image/webp', width: 64, height: 32 };
      return Promise.resolve({ status: 200, data: { ...facts, base64: content.toString('base64') } });
    },
  };
}
