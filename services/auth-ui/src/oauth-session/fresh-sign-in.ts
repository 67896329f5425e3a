/** Asks for a new sign-in where an API wants a recent one or a stronger one (RFC 9470), or where the session has ended, and keeps the form that was sent. */
import { type AssuranceLevel, assuranceLevels } from '@gatehouse/contracts/values';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Visit } from '../pages/visit.ts';
import type { TextKey } from '../texts/texts.ts';
import type { OAuthSession } from './compose.ts';
import { personOf, type SignInReason } from './guard.ts';
import { heldField } from './held-forms.ts';

interface Words {
  title: TextKey;
  text: TextKey;
  /** Instead of `text`, where the form could not be kept. */
  again: TextKey;
}

/** The words of an area, and the sign-in that it asks for. */
export interface SignInArea {
  /** Of the pages that `signInAgainRoutes` adds. */
  path: string;
  maxAgeSeconds: number;
  words: Record<AssuranceLevel, Words>;
}

/** The person signs in in another window, and sends the form from here. */
export interface FreshSignIn {
  title: string;
  lead: string;
  signIn: { href: string; label: string };
  form: { action: string; hidden: Record<string, string>; submit: string } | undefined;
  back: { href: string; label: string };
}

const ended: Words = {
  title: 'console.session.ended.title',
  text: 'console.session.ended.held',
  again: 'console.session.ended.text',
};

export async function freshSignInOf(
  session: Pick<OAuthSession, 'heldForms' | 'pageOf'>,
  { path, words }: SignInArea,
  { request, reply, text }: Visit,
  reason: SignInReason,
): Promise<FreshSignIn> {
  const held = await session.heldForms.hold(request, personOf(request));
  const isEnded = reason === 'ended';
  const said = isEnded ? ended : words[reason];
  const isForm = request.method === 'POST';
  reply.code(401);
  return {
    title: text(said.title),
    lead: text(held !== undefined ? said.text : isForm ? said.again : 'console.stepUp.read'),
    signIn: {
      href: isEnded ? path : `${path}?level=${reason}`,
      label: text('console.freshSignIn.signIn'),
    },
    form:
      held === undefined
        ? undefined
        : { action: request.url, hidden: { [heldField]: held }, submit: text('console.freshSignIn.send') },
    back: { href: isForm ? session.pageOf(request) : request.url, label: text('button.tryAgain') },
  };
}

/** `done` shows that the person has signed in, and may close the window. */
export function signInAgainRoutes(
  pages: App,
  session: Pick<OAuthSession, 'signInAgain'>,
  { path, maxAgeSeconds }: SignInArea,
  done: (request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): void {
  // The level only says what the sign-in asks for: the API looks at what it reached.
  const querystring = z.object({ level: z.enum(assuranceLevels).catch('password') });
  pages.get('/sign-in-again', { schema: { hide: true, querystring } }, (request, reply) => {
    const { level } = request.query;
    const { userName, linkRequest } = personOf(request);
    return session.signInAgain(request, reply, {
      ...{ to: `${path}/done`, maxAgeSeconds, level },
      // The operator of a link is nobody whom a directory knows.
      userName: linkRequest === undefined ? userName : undefined,
    });
  });
  pages.get('/sign-in-again/done', { schema: { hide: true } }, async (request, reply) =>
    done(request, reply),
  );
}
