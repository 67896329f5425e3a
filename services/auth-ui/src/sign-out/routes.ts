/** Serves the page that asks whether to sign out, and the page where a sign-out without a redirect ends. */
import type { AuthApiClient } from '@gatehouse/api-client/auth-api';
import type { LogoutView } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readBrowserCookie } from '../auth-api/browser-cookies.ts';
import { interactionExpired } from '../pages/error-page.ts';
import { beginVisit, sendView } from '../pages/visit.ts';

const logoutId = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);

export function signOutRoutes(
  pages: App,
  { authApi, publicUrl }: { authApi: AuthApiClient; publicUrl: string },
): void {
  function read(request: FastifyRequest, id: string): Promise<LogoutView | undefined> {
    const browser = readBrowserCookie(request, publicUrl);
    return authApi.readLogout(id, browser, { requestId: request.id });
  }

  pages.get(
    '/sign-out.html',
    {
      schema: {
        operationId: 'askToSignOut',
        summary: 'Asks whether to sign out',
        querystring: z.object({ logout: logoutId }),
      },
    },
    async (request, reply) => {
      const logout = await read(request, request.query.logout);
      if (logout?.step !== 'ask') throw interactionExpired('a sign-out that is gone');
      const { clientName, userName, continueTo, uiLocales, branding } = logout;
      const visit = beginVisit(request, reply, undefined, {
        uiLocales,
        formsLeadTo: continueTo,
        branding: branding ?? request.knownBranding,
      });
      const { text } = visit;
      return sendView(visit, 'sign-out', {
        title: text('signOut.title'),
        lead:
          clientName === undefined
            ? text('signOut.lead')
            : text('signOut.leadOfApplication', { application: clientName }),
        logout,
        userName,
      });
    },
  );

  pages.get(
    '/signed-out.html',
    {
      schema: {
        operationId: 'showSignedOut',
        summary: 'Says that the session has ended, and tells the applications that want to know',
        querystring: z.object({ logout: logoutId.optional().catch(undefined) }),
      },
    },
    async (request, reply) => {
      const id = request.query.logout;
      const logout = id === undefined ? undefined : await read(request, id);
      const { frames = [], continueTo, uiLocales, branding } = logout?.step === 'ended' ? logout : {};
      const visit = beginVisit(request, reply, undefined, {
        uiLocales,
        frames,
        branding: branding ?? request.knownBranding,
      });
      return sendView(visit, 'signed-out', {
        title: visit.text('signedOut.title'),
        frames,
        continueTo,
        script: continueTo === undefined ? undefined : 'continue.js',
      });
    },
  );
}
