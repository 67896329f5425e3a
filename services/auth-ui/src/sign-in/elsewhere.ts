/** Builds the pages around an identity provider: on the way to it, and after a failure there. */
import type { InteractionError } from '@gatehouse/contracts/auth-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { messageOfError } from '../pages/message.ts';
import type { ElsewherePage, SsoProblemPage } from '../pages/views.ts';
import { titleOf, type Visit } from '../pages/visit.ts';
import type { Typed } from './pages.ts';

const signInPath = '/auth/sign-in.html';

/**
 * A page rather than a redirect: Chromium applies `form-action` to every redirect after a post, and the redirects of the
 * identity provider are unknown.
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
    interaction,
    message: messageOfError(error, text, { correlationId }),
    // Without a tenant the identity provider is unknown.
    tryAgain:
      typed.tenant === '' && !interaction
        ? signInPath
        : `${startOf(visit, typed)}${error === 'sso_no_account' ? askAgain : ''}`,
    somebodyElse: page({ step: 'name' }),
    withPassword: page({ scheme: 'password' }),
  };
}

/** The user at the identity provider has no account here: it must ask again, or the same user would come back. */
const askAgain = '&again=true';

/** Where Auth API sends the browser to the identity provider of the contact centre. */
function startOf({ interaction }: Visit, { userName, tenant }: Typed): string {
  const query = new URLSearchParams(
    definedOnly({
      interaction: interaction?.id,
      tenant: tenant || undefined,
      login_hint: userName || undefined,
    }),
  );
  return `/auth/v3/sso/start?${query}`;
}
