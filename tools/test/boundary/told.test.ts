/** Reads what receivers of signals and applications of one contact centre are told when sessions of another one end. */
import type { signalEvents } from '@gatehouse/contracts/resources';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type LogoutListener,
  startLogoutListener,
} from '../../../services/auth-api/test/stack/logout-listener.ts';
import {
  type SignalReceiver,
  startSignalReceiver,
} from '../../../services/auth-api/test/stack/signal-receiver.ts';
import { type Stage, startStage } from '../../../services/auth-ui/test/console/stage.ts';
import { createCallers } from './callers.ts';
import { createEstate, type Estate, mark, outboundSettings, receiveSignals, variants } from './estate.ts';

let stage: Stage;
let there: LogoutListener;
beforeAll(async () => {
  there = await startLogoutListener();
  stage = await startStage({ authApiEnv: outboundSettings });
});
afterAll(async () => {
  await stage?.close();
  there?.close();
});

/** Every kind of signal, by what the attacked person does. */
const causes: Record<(typeof signalEvents)[number], (attacked: Estate['attacked']) => Promise<Response>> = {
  'session-revoked': ({ browser }) => browser.request('/auth/v3/sign-out?global=true', { method: 'POST' }),
  'credential-change': ({ browser, person }) =>
    browser.request('/auth/v3/change-password', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        data: { oldPassword: person.password, newPassword: 'another-password-of-theirs' },
      }),
    }),
};

interface Signalled {
  sub_id: { session?: { id: string }; tenant?: { id: string } };
}
const claimsOf = ({ received }: SignalReceiver) => received.map((one) => decodeJwt<Signalled>(one.token));
const logoutTokensOf = ({ told }: LogoutListener) =>
  told.flatMap(({ logoutToken }) => (logoutToken === '' ? [] : [logoutToken]));
const soon = { timeout: 10_000, interval: 20 };

describe.each(variants)('two contact centres of an environment with $name', (variant) => {
  // attack: signals, logout tokens and frames of sessions of another contact centre of the environment | ASVS 8.2.2, CWE-639 | guard: services/auth-api/src/keys/signals/known-receivers.ts
  it.each(Object.entries(causes))('are told of their own alone: %s', async (event, cause) => {
    const here = await startLogoutListener();
    const [receiver, attackedReceiver] = [await startSignalReceiver(), await startSignalReceiver()];
    const estate = await createEstate(stage, variant, there);
    const callers = await createCallers(stage, estate, here);
    await receiveSignals(stage, receiver.url, estate.attacker.id);
    await receiveSignals(stage, attackedReceiver.url, estate.attacked.id);
    expect((await cause(estate.attacked)).status).toBeLessThan(400);
    await vi.waitFor(() => expect(attackedReceiver.received).not.toEqual([]), soon);

    // Messages come in order: a session that ends here afterwards is the sign that everything arrived.
    const [sid, left] = [callers.sid(), await callers.leave()];
    expect(left.html).not.toContain(mark);
    await vi.waitFor(() => {
      expect(claimsOf(receiver).filter(({ sub_id }) => sub_id.session !== undefined)).not.toEqual([]);
    }, soon);
    const signalled = claimsOf(receiver);
    const { sub, sid: attackedSid, contactCenterId, userName } = estate.attacked.about;
    const secrets = [attackedSid, contactCenterId, userName, ...(variant.isShared ? [] : [sub])];
    for (const text of secrets) expect(JSON.stringify(signalled)).not.toContain(text);
    // A password is of the account: told to each contact centre that knows the person. A session is of one.
    if (event === 'session-revoked' || !variant.isShared) {
      expect(signalled[0]?.sub_id.session?.id).toBe(sid);
      await vi.waitFor(() => expect(logoutTokensOf(here)).not.toEqual([]), soon);
      expect(decodeJwt(logoutTokensOf(here)[0] ?? '')).toMatchObject({ sid });
    }
    for (const one of [here, receiver, attackedReceiver]) one.close();
  });
});
