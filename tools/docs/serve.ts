/** Serves a site on loopback. Given a stack, it passes the calls of the API pages on to it. */
import staticFiles from '@fastify/static';
import fastify from 'fastify';
import { passCallsOn } from '../../examples/playground/apis.ts';
import { base } from './pages.ts';

interface Served {
  /** With the files below the version. */
  folder: string;
  /** 0: any that is free. */
  port: number;
  /** Origin of its public host. */
  stack?: string;
}

export async function serveSite({ folder, port, stack }: Served) {
  const app = fastify({ forceCloseConnections: true });
  app.get('/', (_request, reply) => reply.redirect(base));
  if (stack !== undefined) {
    app.get(`${base}stack.json`, () => ({ canCall: true }));
    await passCallsOn(app, stack);
  }
  await app.register(staticFiles, { root: folder, prefix: base });
  app.setNotFoundHandler((_request, reply) => reply.code(404).sendFile('404.html'));
  const origin = await app.listen({ host: '127.0.0.1', port });
  return { url: origin + base, close: () => app.close() };
}
