/** Asks for a new sign-in at the console, and keeps the form that was sent. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import type { OAuthSession } from '../../oauth-session/compose.ts';
import {
  type FreshSignIn,
  freshSignInOf,
  type SignInArea,
  signInAgainRoutes,
} from '../../oauth-session/fresh-sign-in.ts';
import type { SignInReason } from '../../oauth-session/guard.ts';
import { type ConsolePage, consoleView, factsView } from './pages.ts';
import type { Form } from './parts.ts';
import type { ConsoleVisit, Shell } from './shell.ts';

type FreshSignInPage = ConsolePage & Omit<FreshSignIn, 'form'> & { form: Form | undefined };

const view = consoleView<FreshSignInPage>('fresh-sign-in');

const stronger = { text: 'console.stepUp.text', again: 'console.stepUp.again' } as const;

const area: SignInArea = {
  path: `${consolePath}/sign-in-again`,
  maxAgeSeconds: 900,
  words: {
    password: {
      title: 'console.freshSignIn.title',
      text: 'console.freshSignIn.text',
      again: 'console.freshSignIn.again',
    },
    secondFactor: { ...stronger, title: 'console.stepUp.secondFactor' },
    phishingResistant: { ...stronger, title: 'console.stepUp.phishingResistant' },
  },
};

export async function askForSignIn(
  shell: Shell,
  session: OAuthSession,
  visit: ConsoleVisit,
  reason: SignInReason,
) {
  const { form, ...page } = await freshSignInOf(session, area, visit, reason);
  return shell.show(visit, view, { ...page, form: form && { ...form, sections: [], cancel: consolePath } });
}

export function consoleSignInRoutes(pages: App, shell: Shell, session: OAuthSession): void {
  signInAgainRoutes(pages, session, area, (request, reply) => {
    const visit = shell.begin(request, reply);
    const { text } = visit;
    return shell.show(visit, factsView, {
      title: text('console.freshSignIn.done'),
      lead: text('console.freshSignIn.done.text'),
      facts: [],
    });
  });
}
