/** Under which public hosts passkeys are offered, and what goes on while a store is away. */
import { normalizeError } from '@gatehouse/service-kit/errors';
import { freePort } from '@gatehouse/testing/network';
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  discover,
  type PasskeyStack,
  plainPolicy,
  type Replica,
  register,
  secondStep,
  shownAs,
  startPasskeys,
  visitorOf,
} from './passkeys.ts';

let stack: PasskeyStack;
beforeAll(async () => {
  stack = await startPasskeys();
});
afterAll(() => stack?.close());

const offeredBy = (replica: Replica) =>
  replica.registrations.begin({ ...visitorOf(), policy: plainPolicy }, shownAs);

describe('passkeys', () => {
  it.each([
    ['http://127.0.0.1:8080', 'ip_address'],
    ['https://[2001:db8::1]', 'ip_address'],
    ['https://192.0.2.7', 'ip_address'],
    ['http://login.example', 'plaintext'],
  ])('are not offered at %s, and the reason is told', async (publicUrl, reason) => {
    const replica = stack.startReplica({ publicUrl });

    expect(await replica.relyingParty.state()).toEqual({
      isOn: false,
      reason,
      host: new URL(publicUrl).hostname,
    });
    await expect(offeredBy(replica)).rejects.toMatchObject({ status: 409, name: 'passkeys_off' });
    await expect(replica.authentications.beginDiscovery(visitorOf())).rejects.toMatchObject({
      name: 'passkeys_off',
    });
    replica.start();
    await expect.poll(replica.logged).toContain('passkeys are not offered under this public URL');
  });

  it.each(['https://login.example', 'http://localhost:8080', 'http://demo.localhost'])(
    'are offered at %s',
    async (publicUrl) => {
      const replica = stack.startReplica({ publicUrl });
      expect((await offeredBy(replica)).rp.id).toBe(new URL(publicUrl).hostname);
    },
  );

  it('are off under another host than the one of the first, which deletes nothing', async () => {
    const own = await startPasskeys();
    const [visitor, authenticator] = [visitorOf(), createAuthenticator()];
    const before = own.startReplica();
    await register(before, visitor, authenticator);

    const moved = own.startReplica({ publicUrl: 'https://sso.test' });
    moved.start();
    await expect.poll(moved.logged).toContain('passkeys are off: the stored ones are of another public host');
    expect(await moved.relyingParty.state()).toEqual({
      isOn: false,
      reason: 'host_changed',
      host: 'sso.test',
      storedRpId: 'login.test',
    });
    await expect(offeredBy(moved)).rejects.toMatchObject({ name: 'passkeys_off' });
    await expect(moved.authentications.begin(visitor, plainPolicy)).rejects.toMatchObject({
      name: 'passkeys_off',
    });
    const address = own.startReplica({ publicUrl: 'https://192.0.2.7' });
    expect(await address.relyingParty.state()).toMatchObject({ reason: 'host_changed' });

    const back = own.startReplica();
    expect(await secondStep(back, visitor, authenticator)).toMatchObject(visitor.person);
    const [{ id } = { id: '' }] = await back.service.list(visitor.person);
    await back.service.remove(visitor.person, { id, isEnough: () => true, by: 'x' });
    expect((await offeredBy(moved)).rp.id).toBe('sso.test');
    await own.close();
  });

  it('are of one host, whichever of two replicas with different hosts stores the first', async () => {
    const own = await startPasskeys();
    const publicUrls = ['https://login.test', 'https://sso.test'];
    const made = await Promise.allSettled(
      publicUrls.flatMap((publicUrl) =>
        [1, 2, 3].map(() =>
          register(own.startReplica({ publicUrl }), visitorOf(), createAuthenticator(), {
            on: { origin: publicUrl },
          }),
        ),
      ),
    );

    const isMade = made.map(({ status }) => status === 'fulfilled');
    expect(isMade).toContain(true);
    expect([isMade.slice(0, 3), isMade.slice(3)].filter((one) => one.includes(true))).toHaveLength(1);
    await own.close();
  });
});

describe('in a read-only region', () => {
  it('a passkey is counted at the primary', async () => {
    const readOnly = stack.startReplica({ primaryUrl: stack.database.url });
    const [visitor, authenticator] = [visitorOf(), createAuthenticator()];
    await register(stack.startReplica(), visitor, authenticator);
    const copy = authenticator.copy();

    expect(await secondStep(readOnly, visitor, authenticator)).toMatchObject(visitor.person);
    expect(await readOnly.service.list(visitor.person)).toMatchObject([{ usedAt: expect.any(Date) }]);
    await expect(secondStep(stack.startReplica(), visitor, copy)).rejects.toMatchObject({
      name: 'passkey_cloned',
    });
  });
});

describe('in a read-only region whose copy is late', () => {
  it('a passkey that was made a moment ago is known', async () => {
    const copy = await startPasskeys();
    const late = stack.startReplica({ databaseUrl: copy.database.url, primaryUrl: stack.database.url });
    const [visitor, authenticator] = [visitorOf(), createAuthenticator()];
    await register(stack.startReplica(), visitor, authenticator);

    expect(await late.service.list(visitor.person)).toHaveLength(1);
    expect(await secondStep(late, visitor, authenticator)).toMatchObject(visitor.person);
    await copy.close();
  });
});

describe('in a read-only region whose primary cannot be reached', () => {
  let cutOff: Replica;
  let replica: Replica;
  let primaryUrl: string;
  beforeAll(async () => {
    replica = stack.startReplica();
    primaryUrl = `postgresql://nobody@127.0.0.1:${await freePort()}/none`;
    cutOff = stack.startReplica({ primaryUrl });
  });

  it('a passkey goes on without its counter', async () => {
    const [visitor, authenticator] = [visitorOf(), createAuthenticator()];
    await register(replica, visitor, authenticator);

    expect(await secondStep(cutOff, visitor, authenticator)).toMatchObject({ isVerified: true });
    expect(cutOff.logged()).toContain('a passkey is used without its counter');
    expect(await replica.service.list(visitor.person)).toMatchObject([{ usedAt: undefined }]);
    expect(await secondStep(replica, visitor, authenticator)).toMatchObject({ isVerified: true });
  });

  it('no browser is told to forget the passkey that the copy does not know yet', async () => {
    const copy = await startPasskeys();
    const late = stack.startReplica({ databaseUrl: copy.database.url, primaryUrl });
    const [visitor, authenticator] = [visitorOf(), createAuthenticator()];
    await register(replica, visitor, authenticator);

    await expect(discover(late, visitor, authenticator)).rejects.toMatchObject({ status: 503 });
    expect(await late.service.accepted(visitor.person)).toBeUndefined();
    expect(await replica.service.accepted(visitor.person)).toMatchObject({ ids: [expect.any(String)] });
    await copy.close();
  });

  it('none is made, renamed or removed: the region that writes is named', async () => {
    const { person } = visitorOf();
    for (const asked of [
      () => offeredBy(cutOff),
      () => cutOff.service.rename(person, 'AA', 'x'),
      () => cutOff.service.remove(person, { id: 'AA', isEnough: () => true, by: 'x' }),
    ])
      await expect(asked()).rejects.toMatchObject({
        ...{ status: 403, name: 'read_only_region', message: expect.stringContaining('/USW1') },
      });
  });

  it('a copy that the counter of the region shows is refused there, too', async () => {
    const [visitor, authenticator] = [visitorOf(), createAuthenticator()];
    await register(replica, visitor, authenticator);
    const copy = authenticator.copy();
    await secondStep(replica, visitor, authenticator);
    await secondStep(replica, visitor, authenticator);

    await expect(secondStep(cutOff, visitor, copy)).rejects.toMatchObject({ name: 'passkey_cloned' });
  });
});

describe('while a store is away', () => {
  const answered = async (own: PasskeyStack) => {
    const [visitor, authenticator] = [visitorOf(), createAuthenticator()];
    const replica = own.startReplica();
    await register(replica, visitor, authenticator);
    const offered = await replica.authentications.begin(visitor, plainPolicy);
    if (offered === undefined) throw new Error('the person has no passkey');
    return { visitor, replica, answer: authenticator.get(offered, { origin: 'https://login.test' }) };
  };

  it('Redis: no passkey is accepted, and none is made', async () => {
    const own = await startPasskeys();
    const { visitor, replica, answer } = await answered(own);

    await own.redis.server.stop();
    for (const work of [replica.authentications.finish(visitor, { answer }), offeredBy(replica)])
      expect(normalizeError(await work.catch((error) => error)).status).toBe(503);
    await own.redis.server.start();
    await own.close();
  });

  it('PostgreSQL: no passkey is accepted, and none is made', async () => {
    const { visitor, answer } = await answered(stack);
    const databaseUrl = `postgresql://nobody@127.0.0.1:${await freePort()}/none`;
    const replica = stack.startReplica({ databaseUrl });

    for (const work of [replica.authentications.finish(visitor, { answer }), offeredBy(replica)])
      expect(normalizeError(await work.catch((error) => error)).status).toBe(503);
  });
});
