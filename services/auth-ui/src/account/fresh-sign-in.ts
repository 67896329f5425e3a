/** Asks for a new sign-in in the account area, and keeps the form that was sent. */
import { accountPath } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import type { OAuthSession } from '../oauth-session/compose.ts';
import { freshSignInOf, type SignInArea, signInAgainRoutes } from '../oauth-session/fresh-sign-in.ts';
import type { SignInReason } from '../oauth-session/guard.ts';
import { beginVisit, sendView, type Visit } from '../pages/visit.ts';
import { surroundingsOf } from './tabs.ts';

const words = {
  title: 'account.security.confirm',
  text: 'account.stepUp.text',
  again: 'account.security.confirm.text',
} as const;

const area: SignInArea = {
  path: `${accountPath}/sign-in-again`,
  maxAgeSeconds: 300,
  words: { password: words, secondFactor: words, phishingResistant: words },
};

export async function askForSignIn(session: OAuthSession, visit: Visit, reason: SignInReason) {
  const page = await freshSignInOf(session, area, visit, reason);
  return sendView(visit, 'account-sign-in-again', { ...surroundingsOf(visit, 'security'), ...page });
}

export function accountSignInRoutes(pages: App, session: OAuthSession): void {
  signInAgainRoutes(pages, session, area, (request, reply) => {
    const visit = beginVisit(request, reply);
    const { text } = visit;
    return sendView(visit, 'account-signed-in-again', {
      ...surroundingsOf(visit, 'security'),
      title: text('console.freshSignIn.done'),
      lead: text('console.freshSignIn.done.text'),
    });
  });
}
