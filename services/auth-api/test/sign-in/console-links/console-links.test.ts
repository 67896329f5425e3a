/** The link by which the operator signs in to the console, with two replicas on the same stores. */
import { randomToken } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, ops, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { askForLink, consoleClient, linkedToken, makeLink, redeemLink } from '../../stack/console-link.ts';
import { introspect, opsCall, postForm } from '../../stack/oauth.ts';

interface Event {
  name: string;
  sub?: string;
  clientId?: string;
  clientAddress?: string;
  correlationId: string;
  fields: Record<string, unknown>;
}

let stack: AuthApi;
let replica: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
  replica = await startAuthApi({ beside: stack });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

const isActive = async (text: string, at = stack) => (await introspect(at, consoleClient, text))['active'];
const refusal = {
  error: 'invalid_grant',
  error_description: 'The link is unknown, used or too old; make a new one',
};

async function eventsOf(name: string): Promise<Event[]> {
  await stack.deps.audit.drained();
  return (await opsCall(stack, 'GET', `/auth/v3/ops/audit?name=${name}&limit=100`)).json<{ data: Event[] }>()
    .data;
}

describe('a link to the console', () => {
  it('leads to the page of Auth UI, for a minute, and is kept by no cache', async () => {
    const before = Date.now();
    const { url, expiresAt, headers } = await makeLink(stack);
    expect(url).toMatch(new RegExp(`^${publicUrl}/auth/console/open#[A-Za-z0-9_-]{43}$`));
    expect(Date.parse(expiresAt) - before).toBeLessThanOrEqual(60_000 + (Date.now() - before));
    expect(Date.parse(expiresAt)).toBeGreaterThan(before + 50_000);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('gives the console an opaque token of the operator, for a quarter of an hour, that nothing refreshes', async () => {
    const { code, linkRequest } = await makeLink(stack);
    const answer = await redeemLink(replica, code);
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    const body = answer.json();
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      token_type: 'bearer',
      expires_in: 900,
    });
    expect(await introspect(stack, consoleClient, body.access_token)).toMatchObject({
      active: true,
      sub: `operator:${ops.username}`,
      username: ops.username,
      link_request: linkRequest,
      client_id: consoleClient.clientId,
      contact_center_ids: [],
      internal_client: false,
    });
  });

  it('has 256 bits and an opaque token in the compat profile, too', async () => {
    const compat = await startAuthApi({ beside: stack, env: { GATEHOUSE_COMPAT_ENABLED: 'true' } });
    const { code, accessToken } = await linkedToken(compat);
    for (const text of [code, accessToken]) expect(text).toMatch(/^[A-Za-z0-9_-]{43}$/);
    await compat.close();
  });

  it('leaves who made it, who opened it and from where in the audit trail, and never its code', async () => {
    const { code, linkRequest } = await makeLink(stack);
    await redeemLink(stack, code, { visitor: '198.51.100.7' });
    await redeemLink(stack, code, { visitor: '198.51.100.8' });

    const made = (await eventsOf('console_link_created')).find(
      (event) => event.correlationId === linkRequest,
    );
    expect(made).toMatchObject({ sub: 'operator:ops', fields: { actor: ops.username } });
    const redeemed = (await eventsOf('console_link_redeemed')).find(
      ({ fields }) => fields['linkRequest'] === linkRequest,
    );
    expect(redeemed).toMatchObject({
      sub: 'operator:ops',
      clientId: consoleClient.clientId,
      clientAddress: '198.51.100.7',
      fields: { actor: ops.username },
    });
    expect((await eventsOf('console_link_refused')).map(({ clientAddress }) => clientAddress)).toContain(
      '198.51.100.8',
    );
    const { rows } = await stack.deps.stores.pool.query('SELECT * FROM auth.audit_events');
    expect(JSON.stringify(rows)).not.toContain(code);
  });

  it('is over after a minute', async () => {
    const { code } = await makeLink(stack);
    const later = await startAuthApi({ beside: stack, now: () => Date.now() + 60_000 });
    expect((await redeemLink(later, code)).json()).toEqual(refusal);
    await later.close();
  });

  it('gives a session that is over after a quarter of an hour', async () => {
    const { accessToken } = await linkedToken(stack);
    const later = await startAuthApi({ beside: stack, now: () => Date.now() + 900_000 });
    expect([await isActive(accessToken), await isActive(accessToken, later)]).toEqual([true, false]);
    await later.close();
  });

  it('is refused in one and the same way, whatever is wrong with it', async () => {
    const { code } = await makeLink(stack);
    await redeemLink(stack, code);
    for (const wrong of [code, randomToken(), 'x', '../x', `${code}=`, 'é'.repeat(43)])
      expect((await redeemLink(stack, wrong)).json(), wrong).toEqual(refusal);
  });
});

describe('the end of what the operator got by links', () => {
  it('comes by the sign-out of the console', async () => {
    const { accessToken } = await linkedToken(stack);
    await postForm(stack, 'revoke', { token: accessToken }, consoleClient);
    await expect.poll(() => isActive(accessToken, replica)).toBe(false);
  });

  it('comes by a revocation, also for links that are not open yet', async () => {
    const { accessToken } = await linkedToken(stack);
    const { code } = await makeLink(stack);
    const data = { user: `operator:${ops.username}` };
    const revoked = await opsCall(stack, 'POST', '/auth/v3/ops/revocations', { data });
    expect(revoked.json()).toMatchObject({ data: { target: { kind: 'user', id: 'operator:ops' } } });
    await expect.poll(() => isActive(accessToken, replica)).toBe(false);
    expect((await redeemLink(replica, code)).json()).toEqual(refusal);
    // What is made afterwards counts.
    expect(await isActive((await linkedToken(stack)).accessToken)).toBe(true);
  });

  // attack: keep the session of a stolen operator password after its replacement | CWE-613 | guard: services/auth-api/src/tokens/operator-tokens.ts
  it('comes by another password of the operator account', async () => {
    const { accessToken } = await linkedToken(stack);
    const { code } = await makeLink(stack);
    const env = { GATEHOUSE_OPS_PASSWORD: 'another-known-to-the-tests-only' };
    const changed = await startAuthApi({ beside: stack, env });
    expect(await isActive(accessToken, changed)).toBe(false);
    expect((await redeemLink(changed, code)).json()).toEqual(refusal);
    await changed.close();
  });
});

it('no link is made or redeemed while Redis is away', async () => {
  const { code } = await makeLink(stack);
  await stack.redis.stop();
  const answers = [await askForLink(stack), await redeemLink(stack, code)];
  await stack.redis.start();
  expect(answers.map(({ status }) => status)).toEqual([503, 503]);
});
