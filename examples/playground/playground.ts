/** A small application that people sign in to through Gatehouse: on an origin of its own, as a real one would be. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import staticFiles from '@fastify/static';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { serveApis } from './apis.ts';
import { createCaller } from './calls/make.ts';
import { serveDocuments } from './documents.ts';
import { serveFlows } from './flows/routes.ts';
import { reachedFrom, readIssuer } from './issuer.ts';
import type { PlaygroundOptions } from './options.ts';
import { type Page, renderPage } from './pages/layout.ts';
import { problemPage } from './pages/problem.ts';
import { secondFactor } from './pages/proof.ts';
import { signedInPage } from './pages/signed-in.ts';
import { signedOutPage } from './pages/signed-out.ts';
import { createRelyingParty } from './relying-party.ts';
import type { Asked, Visit } from './visit.ts';
import { createVisits } from './visits.ts';

export interface Playground {
  close(): Promise<void>;
}

/** Resolves when it listens on loopback. */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const app = fastify({ forceCloseConnections: true });
  const visits = createVisits();
  await app.register(cookie);
  await app.register(formbody);
  await app.register(staticFiles, {
    root: fileURLToPath(new URL('assets', import.meta.url)),
    prefix: '/assets/',
  });
  const issuer = await readIssuer(options);
  const reached = reachedFrom(options);
  const caller = createCaller(reached);
  const party = await createRelyingParty({ app, options, issuer, caller, reached });

  const show = (reply: FastifyReply, page: Page) => {
    const nonce = randomBytes(16).toString('base64url');
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentSecurityPolicy(options.issuer, nonce, page))
      .send(renderPage(page, nonce));
  };
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({
      // With no-referrer a browser sends "Origin: null" with our own forms.
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    show(reply.code(error.statusCode ?? 502), problemPage(error.message)),
  );
  app.setNotFoundHandler((_request, reply) => show(reply.code(404), problemPage('There is no such page.')));
  app.addHook('preHandler', async (request) => refuseForeignPosts(request, options.url));

  await serveApis(app, options, show);
  serveDocuments(app, show);
  serveFlows({ app, visits, issuer, caller, options, show });

  app.get('/', (request, reply) => {
    const visit = visits.find(request);
    if (!visit?.tokens) return show(reply, signedOutPage(options));
    const page = signedInPage(visit, options);
    delete visit.notice;
    return show(reply, page);
  });

  app.get('/sign-in', async (request, reply) => {
    const visit = visits.begin(request, reply);
    return reply.redirect(await party.authorizationUrl(request, reply, visit), 303);
  });

  /** Sends the browser back for a stronger or newer sign-in. */
  const stepUp = (path: string, asked: Asked) =>
    app.post(path, async (request, reply) => {
      if (!visits.find(request)?.tokens) return reply.redirect('/', 303);
      const visit = visits.begin(request, reply);
      return reply.redirect(await party.authorizationUrl(request, reply, visit, asked), 303);
    });
  stepUp('/step-up', { acr_values: secondFactor });
  stepUp('/sign-in-again', { max_age: '0' });

  app.get('/callback', async (request, reply) => {
    const visit = visits.find(request);
    // A link of another site must not decide what this page says.
    if (!visit?.nonce)
      return show(reply.code(400), problemPage('This sign-in was not started in this browser.'));
    const { error, error_description: description } = request.query as Record<string, string | undefined>;
    if (error !== undefined)
      return show(reply, problemPage(description ?? 'The sign-in did not succeed.', error));
    await party.redeem(request, reply, visit);
    // The page after this one lives under a URL without the code.
    return reply.redirect('/', 303);
  });

  /** A button of the signed-in page: does the work, then shows the page with the outcome. */
  const button = (path: string, done: string, work: (visit: Visit) => Promise<void>) =>
    app.post(path, async (request, reply) => {
      const visit = visits.find(request);
      if (visit?.tokens) await attempt(visit, done, work);
      return reply.redirect('/', 303);
    });
  button('/refresh', 'New tokens are here. The old refresh token is used up.', party.refresh);
  button('/userinfo', 'UserInfo was read again.', party.readUserinfo);
  button('/exchange', 'The contact service holds a narrower token now.', party.exchange);

  app.post('/sign-out', (request, reply) => {
    const visit = visits.find(request);
    visits.end(request, reply);
    return reply.redirect(visit?.tokens ? party.signOutUrl(visit) : '/', 303);
  });

  await app.listen({ port: options.port, host: '127.0.0.1' });
  return { close: () => app.close() };
}

async function attempt(visit: Visit, done: string, work: (visit: Visit) => Promise<void>): Promise<void> {
  try {
    await work(visit);
    visit.notice = { kind: 'good', text: done };
  } catch (error) {
    visit.notice = { kind: 'bad', text: (error as Error).message };
  }
}

/** Forms of other sites must not press our buttons. */
async function refuseForeignPosts(request: FastifyRequest, ownOrigin: string): Promise<void> {
  if (request.method === 'POST' && request.headers.origin !== ownOrigin)
    throw Object.assign(new Error('This form was sent from another site.'), { statusCode: 403 });
}

/** Signing out goes on to the public host, and the browser asks whether the form may. */
function contentSecurityPolicy(issuer: string, nonce: string, { hasViewer = false }: Page): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    `script-src 'nonce-${nonce}'`,
    // The viewer calls this origin, and hands HTML that it has cleaned to the page as text. Scripts in it do not run: they have no nonce.
    ...(hasViewer ? ["connect-src 'self'"] : ["require-trusted-types-for 'script'", "trusted-types 'none'"]),
    "img-src 'self' data:",
    `form-action 'self' ${new URL(issuer).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
