/** Pages around an identity provider: on the way to it, and when it did not work out. */
import type { InteractionError } from '@gatehouse/contracts/auth-api/interaction';
import { messageOfError } from '../pages/message.ts';
import type { ElsewherePage, SsoProblemPage } from '../pages/views.ts';
import { titleOf, type Visit } from '../pages/visit.ts';
import type { Typed } from './pages.ts';

const signInPath = '/auth/sign-in.html';

/**
 * A page rather than a redirect: Chromium applies `form-action` to every redirect after a post, and where the identity
 * provider leads its visitors nobody here knows.
 */
export function elsewherePage(visit: Visit, typed: Typed): ElsewherePage {
  const href = startOf(visit, typed);
  return {
    title: visit.text('signIn.elsewhere.title'),
    interaction: visit.interaction,
    href,
    forwardTo: href,
  };
}

export function isSsoProblem(error: InteractionError): boolean {
  return error.startsWith('sso_');
}

export function ssoProblemPage(
  visit: Visit,
  typed: Typed,
  error: InteractionError,
  reference: string | undefined,
): SsoProblemPage {
  const { text, interaction } = visit;
  const title = titleOf(text, text('signIn.name.title'), true);
  const { correlationId = reference } = interaction ?? {};
  const waiting: Record<string, string> = interaction ? { interaction: interaction.id } : {};
  const page = (more: Record<string, string>) =>
    `${signInPath}?${new URLSearchParams({ ...waiting, ...more })}`;
  return {
    title,
    message: messageOfError(error, text, { correlationId }),
    // Without a tenant nobody knows which identity provider was meant.
    tryAgain:
      typed.tenant === '' && !interaction
        ? signInPath
        : `${startOf(visit, typed)}${error === 'sso_no_account' ? askedAnew : ''}`,
    somebodyElse: page({ step: 'name' }),
    withPassword: page({ scheme: 'password' }),
  };
}

/** Whom the identity provider has signed in has no account here: without being asked, the same person would come back. */
const askedAnew = '&again=true';

/** Where Auth API sends the browser to the identity provider of the contact centre. */
function startOf({ interaction }: Visit, { userName, tenant }: Typed): string {
  const query = new URLSearchParams({
    ...(interaction ? { interaction: interaction.id } : {}),
    ...(tenant === '' ? {} : { tenant }),
    ...(userName === '' ? {} : { login_hint: userName }),
  });
  return `/auth/v3/sso/start?${query}`;
}
