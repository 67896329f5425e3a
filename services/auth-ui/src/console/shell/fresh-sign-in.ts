/** Asks for a new sign-in where an API wants a recent one, or where the session has ended, and keeps the form that was sent. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import type { OAuthSession } from '../../oauth-session/compose.ts';
import { heldField } from '../../oauth-session/held-forms.ts';
import { type ConsolePage, consoleView, factsView } from './pages.ts';
import type { Form } from './parts.ts';
import type { ConsoleVisit, Shell } from './shell.ts';

interface FreshSignInPage extends ConsolePage {
  signIn: { href: string; label: string };
  form: Form | undefined;
  back: { href: string; label: string };
}

const view = consoleView<FreshSignInPage>('fresh-sign-in');
const path = `${consolePath}/sign-in-again`;
const maxAgeSeconds = 900;

const reasons = {
  /** The sign-in is older than 15 minutes. */
  stale: {
    status: 403,
    title: 'console.freshSignIn.title',
    text: 'console.freshSignIn.text',
    again: 'console.freshSignIn.again',
  },
  ended: {
    status: 401,
    title: 'console.session.ended.title',
    text: 'console.session.ended.held',
    again: 'console.session.ended.text',
  },
} as const;

/** The person signs in in another window, and sends the form from here. */
export async function askForSignIn(
  shell: Shell,
  session: OAuthSession,
  visit: ConsoleVisit,
  reason: keyof typeof reasons,
) {
  const { request, reply, text, person } = visit;
  const held = await session.heldForms.hold(request, person);
  const { status, title, text: kept, again } = reasons[reason];
  reply.code(status);
  return shell.show(visit, view, {
    title: text(title),
    lead: text(held === undefined ? again : kept),
    signIn: { href: path, label: text('console.freshSignIn.signIn') },
    form: held === undefined ? undefined : resend(visit, held),
    back: { href: session.pageOf(request), label: text('button.tryAgain') },
  });
}

function resend({ request, text }: ConsoleVisit, held: string): Form {
  return {
    action: request.url,
    hidden: { [heldField]: held },
    sections: [],
    submit: text('console.freshSignIn.send'),
    cancel: consolePath,
  };
}

export function signInAgainRoutes(pages: App, shell: Shell, session: OAuthSession): void {
  pages.get('/sign-in-again', { schema: { hide: true } }, (request, reply) =>
    session.signInAgain(request, reply, { to: `${path}/done`, maxAgeSeconds }),
  );
  pages.get('/sign-in-again/done', { schema: { hide: true } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { text } = visit;
    return shell.show(visit, factsView, {
      title: text('console.freshSignIn.done'),
      lead: text('console.freshSignIn.done.text'),
      facts: [],
    });
  });
}
