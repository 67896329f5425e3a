/** Ways that every identity provider must lead. */
import { expect } from 'vitest';
import type { Stage, Visit } from './stage.ts';

/** Acts as the person does on the pages of the identity provider. */
export type AnswerProvider = (person: Visit) => Promise<void>;

/** From an application over the identity provider's page back with a code. */
export async function signIn(
  { first }: Stage,
  person: Visit,
  answerProvider: AnswerProvider,
  parameters: Record<string, string> = {},
): Promise<void> {
  await person.page.goto(first.authorizeUrl({ tenant: 'demo', ...parameters }));
  try {
    await answerProvider(person);
    await person.page.waitForURL(`${first.origin}/callback?code=**`);
  } catch (cause) {
    const way = person.way.slice(-20).join('\n');
    throw new Error(`no code came:\n${way}\n${await person.page.content()}`, { cause });
  }
}

/** Resolves with the facts that the application learns with its code. */
export async function userInfoOf({ first, stack }: Stage): Promise<Record<string, unknown>> {
  const { access_token: token } = await first.redeem();
  const answer = await fetch(`${stack.description.publicUrl}/auth/v3/openid/userinfo`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return (await answer.json()) as Record<string, unknown>;
}

export async function expectSecondApplicationWithoutPage({ second }: Stage, person: Visit): Promise<void> {
  person.been();
  await person.page.goto(second.authorizeUrl({ tenant: 'demo' }));
  expect(person.been()).toEqual([expect.stringMatching(`^${second.origin}/callback\\?code=`)]);
}

/** Signs out as an application does, and comes back to it. */
export async function signOut({ first, stack }: Stage, { page }: Visit): Promise<void> {
  const { id_token: hint } = await first.redeem();
  await first.postFrom(page, `${stack.description.publicUrl}/auth/v3/oauth/logout`, {
    id_token_hint: hint,
    post_logout_redirect_uri: `${first.origin}/bye`,
  });
  await page.waitForURL(`${first.origin}/bye`);
}

/** Whether an application would open without a page. */
export async function isSignedIn({ first }: Stage, { page }: Visit): Promise<boolean> {
  await page.goto(first.authorizeUrl({ tenant: 'demo', prompt: 'none' }));
  return !page.url().includes('error=login_required');
}
