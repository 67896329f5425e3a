/** Serves the page that a link of the operator opens: it asks, and a POST from it begins the session. */
import { consoleLinkCodePattern, consolePath } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { OAuthSession } from '../../oauth-session/compose.ts';
import { foreignForm } from '../../pages/error-page.ts';
import { isFromOwnOrigin } from '../../pages/same-origin.ts';
import { beginVisit, sendView } from '../../pages/visit.ts';
import { formatsIn } from '../../texts/formats.ts';
import { leaveFlash } from '../shell/flash.ts';
import { openPage } from './page.ts';

const bodySchema = z.object({ code: z.string().max(2048).default('') });

/** Guarded by nothing: it is the way in. */
export function openRoutes(
  pages: App,
  { session, publicUrl }: { session: OAuthSession; publicUrl: string },
): void {
  // Over plain HTTP browsers tell the origin of a form in no other way than beside a referrer.
  const about = { hasSecretAddress: publicUrl.startsWith('https:') };

  async function ask(request: FastifyRequest, reply: FastifyReply, isRefused: boolean) {
    const present = await session.present(request, reply);
    const visit = beginVisit(request, reply, undefined, about);
    return sendView(visit, 'console-open', openPage(visit, { present, isRefused }));
  }

  pages.get(
    '/open',
    {
      schema: {
        operationId: 'showConsoleLink',
        summary: 'The page that a link of the operator opens: nothing happens before its button is pressed',
      },
    },
    (request, reply) => ask(request, reply, false),
  );
  pages.post(
    '/open',
    {
      schema: {
        operationId: 'openConsole',
        summary: 'Sign the operator in to the console by the code of a link',
        consumes: ['application/x-www-form-urlencoded'],
        body: bodySchema,
      },
    },
    async (request, reply) => {
      // Else a page elsewhere could sign somebody in as the operator who does not want it, with a link of its own.
      if (!isFromOwnOrigin(request.headers, publicUrl)) throw foreignForm();
      reply.header('cache-control', 'no-store');
      const code = codeIn(request.body.code);
      const operator = code && (await session.beginByLink(request, reply, code));
      if (!operator) return ask(request, reply.code(400), true);
      const { language } = beginVisit(request, reply);
      leaveFlash(reply, publicUrl, 'console.open.done', {
        account: operator.userName,
        until: formatsIn(language).timeOfDay(operator.expiresAtMs),
        request: operator.linkRequest ?? '',
      });
      return reply.redirect(consolePath, 303);
    },
  );
}

/** People paste the code alone or the whole link. */
function codeIn(text: string): string | undefined {
  const code = text.trim().split('#').at(-1) ?? '';
  return consoleLinkCodePattern.test(code) ? code : undefined;
}
