/** A real Chromium in front of Auth UI, with the stand-in for Auth API on the same origin and an application on another. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  ApprovalView,
  InteractionView,
  LogoutView,
  SecondStepView,
} from '@gatehouse/contracts/auth-api';
import type { BrandingView } from '@gatehouse/contracts/environment-api';
import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import { freePort } from '@gatehouse/testing/network';
import type { Browser, BrowserContext } from 'playwright-core';
import {
  accountCookie,
  approvalOf,
  browserCookie,
  type Call,
  consentsOfMaria,
  factorsOfMaria,
  interactionOf,
  logoutOf,
  type StandInState,
  sessionCookie,
  sessionsOfMaria,
  standInRoutes,
} from '../auth-api-stand-in.ts';
import { buildTestApp } from '../test-app.ts';

export interface Stage {
  /** Origin of Auth UI and the stand-in. */
  origin: string;
  /** Origin of the application that waits for its user. */
  application: string;
  browser: Browser;
  calls: Call[];
  hold(view: Partial<InteractionView> & { id: string }): void;
  /** It has expired or was completed. */
  end(interaction: string): void;
  /** What waits for Maria, in this order. */
  approvals(...views: (Partial<ApprovalView> & { id: string })[]): void;
  holdLogout(view: Partial<LogoutView> & { id: string }): void;
  /** A sign-in that waits for its second factor, under the value of its cookie. */
  holdStep(cookie: string, step: SecondStepView): void;
  /** How pages without a login look. */
  brand(branding: BrandingView | undefined): void;
  /** A fresh browser profile that owns the interactions, and in which Maria has opened her account. */
  open(options?: Parameters<Browser['newContext']>[0]): Promise<BrowserContext>;
  /** The same, and in which Maria is signed in. */
  openAsMaria(options?: Parameters<Browser['newContext']>[0]): Promise<BrowserContext>;
  close(): Promise<void>;
}

export async function setStage(): Promise<Stage> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const application = await startApplication();
  const state: StandInState = {
    calls: [],
    scheme: 'basic',
    brandings: new Map(),
    interactions: new Map(),
    logouts: new Map(),
    steps: new Map(),
    sessions: sessionsOfMaria(),
    consents: consentsOfMaria(),
    factors: factorsOfMaria(),
    approvals: [],
  };
  const app = await buildTestApp({ authApiUrl: origin, publicUrl: origin });
  await app.register(
    async (scope) => {
      await standInRoutes(scope, state);
      scope.post('/oauth/authorize/cancel', async (_request, reply) =>
        reply.redirect(`${application.origin}/callback?error=access_denied`, 303),
      );
      scope.post('/sign-in', async (request, reply) => {
        const { password, interaction = '' } = request.body as { password: string; interaction?: string };
        // As Auth API does it: the page says what has happened.
        if (interaction !== '' && !state.interactions.has(interaction))
          return reply.redirect(`/auth/sign-in.html?interaction=${interaction}`, 303);
        if (password === 'right') return reply.redirect(`${application.origin}/callback?code=the-code`);
        const pending = state.interactions.get(interaction);
        if (pending)
          state.interactions.set(interaction, {
            ...pending,
            error: 'bad_credentials',
            userName: 'maria',
            contactCenterHint: 'nordic',
          });
        return reply.redirect(`/auth/sign-in.html?error&interaction=${interaction}`);
      });
    },
    { prefix: '/auth/v3' },
  );
  await app.listen({ host: '127.0.0.1', port });
  const browser = await sharedChromium();
  const open: Stage['open'] = async (options) => {
    const context = await browser.newContext(options);
    await context.addCookies([
      { name: 'gatehouse-browser', value: browserCookie, url: origin, httpOnly: true },
      { name: 'gatehouse-console', value: await accountCookie(), url: origin, httpOnly: true },
    ]);
    return context;
  };
  return {
    origin,
    application: application.origin,
    browser,
    calls: state.calls,
    brand(branding) {
      state.branding = branding;
    },
    hold: (view) =>
      void state.interactions.set(view.id, interactionOf({ redirectOrigin: application.origin, ...view })),
    end: (id) => void state.interactions.delete(id),
    approvals: (...views) => {
      state.approvals = views.map((view) => approvalOf(view));
    },
    holdStep: (cookie, step) => void state.steps.set(cookie, step),
    holdLogout: (view) => void state.logouts.set(view.id, logoutOf(view)),
    open,
    async openAsMaria(options) {
      const context = await open(options);
      await context.addCookies([{ name: 'gatehouse-session', value: sessionCookie, url: origin }]);
      return context;
    },
    async close() {
      await closeContexts(browser);
      await app.close();
      await application.close();
    },
  };
}

/** Where people go who are signed in. */
export async function startApplication(): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createServer((_request, response) => {
    response
      .setHeader('content-type', 'text/html')
      .end('<!doctype html><title>Workspace</title><h1>Signed in</h1>');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    // Another name for the same machine is another site for the browser.
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
