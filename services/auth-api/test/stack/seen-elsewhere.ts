/** Makes a session of this browser one that came by single sign-on: the identity provider saw the user before. */
import { sha256 } from '@gatehouse/service-kit/crypto';
import type { AuthApi } from './auth-api.ts';
import type { Browser } from './browser.ts';
import { sessionCookie } from './interaction.ts';

export async function seenElsewhere({ deps }: AuthApi, browser: Browser, atMs: number): Promise<void> {
  const key = deps.core.keyspace.key('session', sha256(browser.cookies.get(sessionCookie) ?? ''));
  const session = JSON.parse((await deps.stores.redis.hget(key, 'data')) ?? '');
  await deps.stores.redis.hset(key, 'data', JSON.stringify({ ...session, providerAuthTimeMs: atMs }));
}
