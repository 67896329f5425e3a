/** Requests to the administration whose body comes only when their caller would be refused by now. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { holdBody } from '@gatehouse/testing/hostile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { addAdministrator, administratorsPath, consoleToken, removeAdministrator } from '../stack/console.ts';
import { createClient, opsCall, postForm, token } from '../stack/oauth.ts';

let stack: AuthApi;
let shiftMs = 0;
beforeAll(async () => {
  stack = await startAuthApi({ now: () => Date.now() + shiftMs });
});
afterAll(() => stack?.close());

const newClient = () => ({
  client_id: randomUuid(),
  authorizedGrantTypes: ['client_credentials'],
  authorities: ['ROLE_MANAGEMENT_APPLICATION'],
});

describe('a request to the administration whose body comes late', () => {
  // attack: request to the administration held open until the right of its caller is gone | CWE-367, ASVS 8.3.1 | guard: services/auth-api/src/oauth/client-authentication/ops-authentication.ts
  it('does nothing for a person who was taken off the list since', async () => {
    const sub = randomUuid();
    await addAdministrator(stack, { user: sub });
    const authorization = await consoleToken(stack, { sub });
    const held = (url: string, data: object) =>
      holdBody(stack.app, { method: 'POST', url, authorization, body: { data } });
    const client = newClient();
    const finish = [
      await held('/auth/v3/ops/clients', client),
      await held(administratorsPath, { user: sub }),
    ];
    await removeAdministrator(stack, sub);
    for (const end of finish) expect(await end()).toBe(403);
    expect((await opsCall(stack, 'GET', `/auth/v3/ops/clients/${client.client_id}`)).status).toBe(404);
  });

  it('does nothing by a token that was revoked since', async () => {
    const manager = await createClient(stack, { authorities: ['ROLE_MANAGEMENT_APPLICATION'] });
    const { json } = await token(stack, manager, { grant_type: 'client_credentials' });
    const { access_token: text } = json();
    const url = '/auth/v3/ops/clients';
    const body = { data: newClient() };
    const finish = await holdBody(stack.app, { method: 'POST', url, authorization: `Bearer ${text}`, body });
    await postForm(stack, 'revoke', { token: text ?? '' }, manager);
    expect(await finish()).toBe(401);
  });

  it('does nothing dangerous by a sign-in that grew old since', async () => {
    const sub = randomUuid();
    await addAdministrator(stack, { user: sub });
    const nowMs = stack.deps.now();
    const authorization = await consoleToken(stack, { sub }, { expiresAtMs: nowMs + 3_600_000 });
    shiftMs += 14 * 60_000;
    const url = '/auth/v3/ops/clients';
    const finish = await holdBody(stack.app, {
      method: 'POST',
      url,
      authorization,
      body: { data: newClient() },
    });
    shiftMs += 2 * 60_000;
    expect(await finish()).toBe(401);
  });
});
