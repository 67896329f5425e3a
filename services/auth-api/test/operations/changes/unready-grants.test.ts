/** What a user has authorized once is kept for a replica that cannot judge it yet. */
import { expect, it } from 'vitest';
import { startAuthApi } from '../../stack/auth-api.ts';
import { asked, createAsker, poll, say, signedIn } from '../../stack/backchannel.ts';
import { createClient, getCode, redeem } from '../../stack/oauth.ts';

// attack: code or approval used up by an answer that says to come again | RFC 6749 4.1.2, RFC 9110 15.6.4 | guard: services/auth-api/src/records/revocation/revocations.ts
it('a code and an approval work after a replica that has just started could not judge them', async () => {
  const first = await startAuthApi();
  const client = await createClient(first);
  const asker = await createAsker(first);
  const { auth_req_id } = await asked(first, asker);
  const person = await signedIn(first);
  const code = await getCode(first, person, client);
  expect(await say(person, 'approved')).toBe('approved');
  await first.app.close();
  await first.deps.close();
  await first.environmentApi.stop();
  const later = await startAuthApi({ beside: first });
  try {
    const answers = () => Promise.all([redeem(later, client, code), poll(later, asker, auth_req_id)]);
    const statuses = async () => (await answers()).map(({ status }) => status);
    expect(await statuses()).toEqual([503, 503]);

    await first.environmentApi.start();

    await expect
      .poll(() => later.deps.changes.assertDeactivationsKnown(), { timeout: 15_000 })
      .toBeUndefined();
    expect(await statuses()).toEqual([200, 200]);
  } finally {
    await later.close();
    const { simulator, environmentApi, redis, database } = first;
    await Promise.all([simulator.close(), environmentApi.stop(), redis.close(), database.close()]);
  }
});
