import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import {
  createClient,
  getCode,
  introspect,
  passwordTokens,
  redeem,
  type TestClient,
  token,
} from '../stack/oauth.ts';

const rounds = 5;
const parallel = 50;

let stack: AuthApi;
let other: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  other = await startAuthApi({ beside: stack });
  client = await createClient(stack);
});
afterAll(async () => {
  await other?.close();
  await stack?.close();
});

describe('races over two replicas', () => {
  // attack: fifty redemptions of one code at once | CVE-2026-4282 | guard: services/auth-api/src/tokens/family-scripts.ts
  it('one of 50 parallel redemptions of a code wins, and the replays end what it won', async () => {
    for (let round = 0; round < rounds; round++) {
      const code = await getCode(stack, createBrowser(stack.app), client);

      const answers = await Promise.all(
        Array.from({ length: parallel }, (_, index) => redeem(index % 2 ? stack : other, client, code)),
      );

      const won = answers.filter(({ status }) => status === 200);
      const lost = answers.filter(({ status }) => status !== 200);
      expect(won).toHaveLength(1);
      expect(lost.every((answer) => answer.json().error === 'invalid_grant')).toBe(true);
      for (const winner of won) {
        const { access_token, refresh_token } = winner.json();
        expect(await introspect(stack, client, access_token)).toEqual({ active: false });
        expect((await token(stack, client, { grant_type: 'refresh_token', refresh_token })).status).toBe(400);
      }
    }
  });

  it('50 parallel refreshes of one token rotate it once: all get the same successor', async () => {
    for (let round = 0; round < rounds; round++) {
      const { refresh_token } = await passwordTokens(stack, client);

      const answers = await Promise.all(
        Array.from({ length: parallel }, (_, index) =>
          token(index % 2 ? stack : other, client, { grant_type: 'refresh_token', refresh_token }),
        ),
      );

      expect(answers.every(({ status }) => status === 200)).toBe(true);
      expect(new Set(answers.map((answer) => answer.json().refresh_token)).size).toBe(1);
      expect(new Set(answers.map((answer) => answer.json().access_token)).size).toBe(1);
    }
  });
});

describe('a race without grace', () => {
  // attack: fifty uses of one refresh token at once | CVE-2026-1035 | guard: services/auth-api/src/tokens/family-scripts.ts
  it('lets one of 50 parallel refreshes win and ends the family', async () => {
    const strict = await startAuthApi({ beside: stack, env: { GATEHOUSE_REFRESH_GRACE_MS: '0' } });
    try {
      for (let round = 0; round < rounds; round++) {
        const { refresh_token } = await passwordTokens(strict, client);
        const answers = await Promise.all(
          Array.from({ length: parallel }, () =>
            token(strict, client, { grant_type: 'refresh_token', refresh_token }),
          ),
        );
        const won = answers.filter(({ status }) => status === 200);
        expect(won).toHaveLength(1);
        for (const winner of won) {
          const successor = { grant_type: 'refresh_token', refresh_token: winner.json().refresh_token };
          expect((await token(strict, client, successor)).status).toBe(400);
        }
      }
    } finally {
      await strict.close();
    }
  });
});
