import { startPostgres } from '@gatehouse/testing/postgres';
import { expect, it } from 'vitest';
import { call } from '../registry/cors/pages.ts';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createClient } from '../stack/oauth.ts';

const spa = { redirectURIs: ['https://spa.test/callback'] };

async function from(stack: AuthApi, origin: string) {
  const answer = await call(stack.app, 'POST', '/auth/v3/oauth/revoke', { origin });
  return { ...answer, isAllowed: answer.headers['access-control-allow-origin'] === origin };
}

it('Environment API down: its origins are served from the last copy, no longer than the limit; clients always', async () => {
  let now = Date.now();
  const stack = await startAuthApi({
    env: { GATEHOUSE_ENVIRONMENT_STALE_MAX_SECONDS: '300' },
    now: () => now,
  });
  try {
    await createClient(stack, spa);
    stack.environmentApi.origins.push('https://stored.test');
    expect((await from(stack, 'https://stored.test')).isAllowed).toBe(true);
    await stack.environmentApi.stop();
    now += 299_000;
    expect((await from(stack, 'https://stored.test')).isAllowed).toBe(true);
    expect((await from(stack, 'https://evil.test')).status).toBe(403);
    now += 2_000;
    const tooOld = await from(stack, 'https://stored.test');
    expect([tooOld.status, tooOld.isAllowed]).toEqual([503, false]);
    expect(Number(tooOld.headers['retry-after'])).toBeGreaterThan(0);
    expect((await from(stack, 'https://spa.test')).isAllowed).toBe(true);

    await stack.environmentApi.start();
    now += 2_000;
    expect((await from(stack, 'https://stored.test')).isAllowed).toBe(true);
  } finally {
    await stack.close();
  }
});

it('Environment API down from the start: nobody gets in by it, registered pages are served', async () => {
  const stack = await startAuthApi();
  try {
    await createClient(stack, spa);
    stack.environmentApi.origins.push('https://stored.test');
    await stack.environmentApi.stop();
    for (const origin of ['https://stored.test', 'https://evil.test']) {
      const answer = await from(stack, origin);
      expect([answer.status, answer.isAllowed]).toEqual([503, false]);
    }
    expect((await from(stack, 'null')).status).toBe(403);
    expect((await from(stack, 'https://spa.test')).isAllowed).toBe(true);
  } finally {
    await stack.close();
  }
});

it('PostgreSQL down: known pages are served, stored origins too, and strangers are not let in', async () => {
  const postgres = await startPostgres();
  let now = Date.now();
  const env = { GATEHOUSE_POSTGRES_URL: postgres.url };
  const first = await startAuthApi({ env });
  await createClient(first, spa);
  // It starts after the change: an answer that a change overtakes is not kept.
  const stack = await startAuthApi({ beside: first, env, now: () => now });
  try {
    stack.environmentApi.origins.push('https://stored.test');
    expect((await from(stack, 'https://spa.test')).isAllowed).toBe(true);
    await postgres.stop();
    now += 120_000;
    expect((await from(stack, 'https://spa.test')).isAllowed).toBe(true);
    expect((await from(stack, 'https://stored.test')).isAllowed).toBe(true);
    const stranger = await from(stack, 'https://evil.test');
    expect([stranger.status, stranger.isAllowed]).toEqual([503, false]);
  } finally {
    await stack.close();
    await first.close();
    await postgres.close();
  }
}, 40_000);
