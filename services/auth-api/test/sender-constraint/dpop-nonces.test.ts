import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { presentedBy, provenBy } from '../stack/dpop.ts';
import type { OAuthAnswer } from '../stack/oauth.ts';
import {
  ask,
  bound,
  key,
  now,
  replica,
  stack,
  startDpopClients,
  userInfo,
  userToken,
} from './dpop-clients.ts';

startDpopClients();

describe('nonces (RFC 9449 section 8)', () => {
  let strict: AuthApi;
  let skewMs = 0;

  beforeAll(async () => {
    strict = await startAuthApi({
      beside: stack,
      env: { GATEHOUSE_DPOP_REQUIRE_NONCE: 'true' },
      now: () => Date.now() + skewMs,
    });
  });
  afterAll(() => strict?.close());

  const nonceOf = ({ headers }: Pick<OAuthAnswer, 'headers'>) => headers['dpop-nonce'] as string | undefined;

  it('a proof without one is sent back with use_dpop_nonce and the nonce, and then is as good on every replica', async () => {
    const refused = await ask(bound, await provenBy(key), strict);
    const nonce = nonceOf(refused);
    const answer = await ask(bound, await provenBy(key, { nonce, claims: { iat: now() - 3000 } }), strict);

    expect([refused.status, refused.json().error]).toEqual([400, 'use_dpop_nonce']);
    expect(answer.status).toBe(200);
    expect(nonceOf(answer)).toBe(nonce);
    expect((await ask(bound, await provenBy(key, { nonce }), replica)).status).toBe(200);
  });

  it('a resource asks by 401 and WWW-Authenticate', async () => {
    const { access_token } = await userToken(bound);
    const refused = await userInfo(await presentedBy(key, access_token), 'GET', strict);
    const nonce = refused.headers['dpop-nonce'] as string;

    expect([refused.statusCode, refused.json().error]).toEqual([401, 'use_dpop_nonce']);
    expect(refused.headers['www-authenticate']).toContain('error="use_dpop_nonce"');
    expect((await userInfo(await presentedBy(key, access_token, { nonce }), 'GET', strict)).statusCode).toBe(
      200,
    );
  });

  it('old, changed and made-up ones are refused; the assertion that came with one is not used up', async () => {
    const nonce = nonceOf(await ask(bound, await provenBy(key), strict)) ?? '';
    const [time = '', signature = ''] = nonce.split('.');
    const later = (Number.parseInt(time, 36) + 1).toString(36);
    for (const wrong of ['', 'x', `${later}.${signature}`, `${time}.${'A'.repeat(22)}`]) {
      expect((await ask(bound, await provenBy(key, { nonce: wrong }), strict)).json().error).toBe(
        'use_dpop_nonce',
      );
    }
    skewMs = 8 * 60_000;
    const stale = await ask(bound, await provenBy(key, { nonce }), strict);
    skewMs = 0;
    expect(stale.json().error).toBe('use_dpop_nonce');
    expect(nonceOf(stale)).not.toBe(nonce);
  });
});
