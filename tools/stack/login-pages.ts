/** A person at a browser: from the playground through the login pages and back. */
import { type TOTP, URI } from 'otpauth';
import type { Page } from 'playwright-core';

export interface Person {
  username: string;
  tenant: string;
  password: string;
}

/** The playground's address is where its client is sent back to. */
export function playgroundOf(clients: { client_id: string; redirectURIs: string[] }[]): string {
  const redirectUri = clients.find(({ client_id }) => client_id === 'playground')?.redirectURIs[0];
  if (!redirectUri) throw new Error('there is no playground client');
  return new URL(redirectUri).origin;
}

export async function enterName(
  page: Page,
  { username, tenant }: Pick<Person, 'username' | 'tenant'>,
): Promise<void> {
  await page.locator('input[name=username]').fill(username);
  await page.locator('input[name=tenant]').fill(tenant);
  // By key, as people do: the page has another button, to cancel.
  await page.locator('input[name=tenant]').press('Enter');
}

/**
 * Types the code that the app shows next: one that was used does not count again, and the clock of a telephone may be half a minute fast
 * (RFC 6238 section 5.2).
 */
export async function enterCode(page: Page, { uri }: { uri: string }): Promise<void> {
  const code = (URI.parse(uri) as TOTP).generate({ timestamp: Date.now() + 30_000 });
  await page.locator('input[name=code]').fill(code);
  await page.locator('input[name=code]').press('Enter');
}

export async function enterPassword(page: Page, password: string): Promise<void> {
  await page.locator('input[name=password]').fill(password);
  // By key, as people do: the page has another button, to change the name.
  await page.locator('input[name=password]').press('Enter');
}
