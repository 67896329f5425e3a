/** Receivers of shared signals that attack, beside an honest one. */
import { type HostileAct, hostileActs, redirectTo, startHostileHttp } from '@gatehouse/testing/hostile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { opsCall } from '../../stack/oauth.ts';
import { startSignalReceiver } from '../../stack/signal-receiver.ts';

const path = '/auth/v3/ops/signal-receivers';
const token = 'the-bearer-token-of-the-receiver';
const acts = Object.keys(hostileActs) as HostileAct[];
const timeoutMs = 2_000;
/** What a call may take, and its result being stored. */
const ended = { timeout: timeoutMs + 20_000, interval: 100 };

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_MODE: 'local',
      GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true',
      GATEHOUSE_OUTBOUND_TIMEOUT_MS: String(timeoutMs),
    },
  });
});
afterAll(() => stack?.close());

async function register(endpoint: string): Promise<string> {
  const data = { endpoint, audience: endpoint, bearerToken: token };
  const answer = await opsCall(stack, 'POST', path, { data });
  expect(answer.status, answer.body).toBe(200);
  return answer.json<{ data: { id: string } }>().data.id;
}

const remove = (ids: readonly string[]) =>
  Promise.all(ids.map((id) => opsCall(stack, 'DELETE', `${path}/${id}`)));

const waiting = async () => (await stack.deps.stores.pool.query('SELECT FROM auth.signal_outbox')).rowCount;

async function signOut(): Promise<void> {
  const browser = createBrowser(stack.app);
  const body = { username: 'agent', password: 'demo-agent-password', tenant: 'demo' };
  expect((await browser.postJson('/auth/v3/sign-in', body)).status).toBe(200);
  await browser.postForm('/auth/v3/sign-out', {});
}

describe('receivers that attack', () => {
  // attack: receiver of signals that holds, fills or misleads whoever calls it | CWE-400, ASVS 15.2.2 | guard: packages/api-client/src/http/connections.ts
  it('stop no other one, and are asked seldom and for a bounded time, with the signal kept', async () => {
    const attackers = await Promise.all(acts.map((act) => startHostileHttp(act)));
    const honest = await startSignalReceiver();
    const ids = [await register(honest.url)];
    for (const { url } of attackers) ids.push(await register(url));

    await signOut();

    await expect.poll(() => honest.received.length, ended).toBe(1);
    for (const [index, { connectionsEnded }] of attackers.entries())
      await expect.poll(connectionsEnded, { ...ended, message: acts[index] ?? '' }).toBeGreaterThan(0);
    // None of them made the signal count as delivered or as lost.
    expect(await waiting()).toBe(acts.length);
    // The pauses grow: after a minute there were six attempts.
    for (const { requests } of attackers) expect(requests.length).toBeLessThan(7);
    await remove(ids);
    for (const one of attackers) one.close();
    honest.close();
  }, 60_000);

  // attack: receiver of signals that leads the call, with its token and content, to another address | CWE-918, CWE-601 | guard: packages/api-client/src/http/http-client.ts
  it.each([301, 302, 303, 307, 308] as const)(
    'lead neither token nor signal elsewhere by %d',
    async (status) => {
      const inside = await startHostileHttp('ends the connection');
      const attacker = await startHostileHttp(redirectTo(inside.url, status));
      const id = await register(attacker.url);

      const answer = await opsCall(stack, 'POST', `${path}/${id}/test`);

      expect(answer.json<{ data: object }>().data).toMatchObject({
        accepted: false,
        problem: expect.stringContaining('redirects'),
      });
      expect([attacker.requests.length, inside.requests]).toEqual([1, []]);
      expect(attacker.requests[0]).toContain(`Bearer ${token}`);
      await remove([id]);
      attacker.close();
      inside.close();
    },
  );

  // attack: have the stored token of a receiver sent to a server of one's own | CWE-522, CWE-441 | guard: services/auth-api/src/keys/signals/receivers.ts
  it('get no token that was stored for another address', async () => {
    const attacker = await startHostileHttp('ends the connection');
    const id = await register('http://127.0.0.1:1/events');
    const put = (data: object) => opsCall(stack, 'PUT', `${path}/${id}`, { data });

    const moved = await put({ endpoint: attacker.url });
    expect([moved.status, moved.body]).toEqual([400, expect.stringContaining('"field":"data.bearerToken"')]);
    expect((await put({ endpoint: attacker.url, bearerToken: null })).status).toBe(200);
    await opsCall(stack, 'POST', `${path}/${id}/test`);
    expect(attacker.requests.length).toBe(1);
    expect(attacker.requests[0]).not.toMatch(/authorization/i);
    expect((await put({ endpoint: attacker.url, bearerToken: `${token}-2` })).status).toBe(200);
    expect((await put({ endpoint: attacker.url, audience: 'https://another.test' })).status).toBe(200);
    await remove([id]);
    attacker.close();
  });

  // attack: words of a receiver that mislead whoever reads why a signal was refused | CWE-117, CWE-451 | guard: services/auth-api/src/keys/signals/delivery.ts
  it.each([
    'x\u202ereversed',
    '\u001b[2Jcleared',
    'a sentence with a link https://evil.example',
    'x'.repeat(129),
  ])('bring no words of their own into an answer: %j', async (err) => {
    const text = JSON.stringify({ err });
    const attacker = await startHostileHttp((socket) =>
      socket.write(`HTTP/1.1 400 No\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`),
    );
    const id = await register(attacker.url);
    const answer = await opsCall(stack, 'POST', `${path}/${id}/test`);
    expect(answer.json<{ data: object }>().data).toEqual({
      accepted: false,
      problem: 'answered 400 without an error code',
    });
    await remove([id]);
    attacker.close();
  });
});
