/** How people make passkeys, and what contact centres demand of them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noSecondFactor } from '@gatehouse/contracts/environment-api';
import { createAuthority } from '@gatehouse/testing/keys';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { createAuthenticator, createModel, metadataBlobOf } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PasskeyPolicy, passkeyPolicyOf } from '../../../src/factors/passkeys/policy.ts';
import {
  discover,
  type PasskeyStack,
  page,
  plainPolicy,
  type Replica,
  register,
  secondStep,
  shownAs,
  startPasskeys,
  visitorOf,
} from './passkeys.ts';

let stack: PasskeyStack;
let replica: Replica;
beforeAll(async () => {
  stack = await startPasskeys();
  replica = stack.startReplica();
});
afterAll(() => stack?.close());

describe('a passkey', () => {
  it.each(['ES256', 'RS256', 'EdDSA'] as const)('is made and used with %s', async (kind) => {
    const [visitor, authenticator] = [visitorOf(), createAuthenticator({ kind })];

    const { passkeyId: id, isVerified } = await register(replica, visitor, authenticator);

    expect(isVerified).toBe(true);
    const proof = {
      ...{ ...visitor.person, passkeyId: id, isVerified: true, isEligible: false, isSynced: false },
      ...{ atMs: expect.any(Number), epoch: 0 },
    };
    expect(await secondStep(replica, visitor, authenticator)).toEqual(proof);
    expect(await discover(replica, visitor, authenticator)).toEqual({ ...proof, dbid: shownAs.dbid });
  });

  it('is offered with what the browser needs, under a random handle that stays', async () => {
    const visitor = visitorOf();
    const request = { ...visitor, policy: { ...plainPolicy, hints: ['security-key'] } as const };

    const offered = await replica.registrations.begin(request, shownAs);
    expect(offered).toMatchObject({
      rp: { id: 'login.test', name: 'Demo' },
      user: { name: 'demo\\agent', displayName: 'Ann Agent' },
      attestation: 'none',
      hints: ['security-key'],
      excludeCredentials: [],
      timeout: 300_000,
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    });
    expect(offered.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-8, -7, -257]);
    expect(Buffer.from(offered.user.id, 'base64url')).toHaveLength(64);
    expect(offered.user.id).not.toContain(visitor.person.sub);

    const again = await replica.registrations.begin(request, shownAs);
    expect(again.user.id).toBe(offered.user.id);
    expect(again.challenge).not.toBe(offered.challenge);
    const other = await replica.registrations.begin({ ...visitorOf(), policy: plainPolicy }, shownAs);
    expect(other.user.id).not.toBe(offered.user.id);
  });

  it('is listed, renamed and removed by its owner alone, and both ends are in the audit trail', async () => {
    const [visitor, stranger, authenticator] = [visitorOf(), visitorOf(), createAuthenticator()];
    const { passkeyId: id } = await register(replica, visitor, authenticator);
    const { service } = replica;

    expect(await service.list(visitor.person)).toMatchObject([
      { id, name: 'my key', isEligible: false, isSynced: false, hasCloneWarning: false, usedAt: undefined },
    ]);
    await secondStep(replica, visitor, authenticator);
    await service.rename(visitor.person, id, ' the blue one ');
    expect(await service.list(visitor.person)).toMatchObject([
      { name: 'the blue one', usedAt: expect.any(Date) },
    ]);
    for (const change of [
      service.rename(stranger.person, id, 'mine'),
      service.remove(stranger.person, { id, isEnough: () => true, by: 'x' }),
    ])
      await expect(change).rejects.toMatchObject({ status: 404, name: 'passkey_unknown' });
    for (const name of ['', '  ', 'a\u202eb', 'x'.repeat(65)])
      await expect(service.rename(visitor.person, id, name)).rejects.toMatchObject({
        status: 400,
        problems: [{ field: 'name' }],
      });

    await service.remove(visitor.person, { id, isEnough: () => true, by: visitor.person.sub });
    expect(await service.list(visitor.person)).toEqual([]);
    expect(await replica.authentications.begin(visitor, plainPolicy)).toBeUndefined();
    const own = replica.events.filter(({ sub }) => sub === visitor.person.sub);
    expect(own).toMatchObject([
      {
        name: 'factor_added',
        fields: { factor: 'passkey', name: 'my key', reason: 'strongestSignIn', userVerified: true },
      },
      { name: 'factor_removed', outcome: 'success', fields: { factor: 'passkey', name: 'the blue one' } },
    ]);
  });

  it('is not made twice on the same authenticator', async () => {
    const [visitor, authenticator] = [visitorOf(), createAuthenticator()];
    await register(replica, visitor, authenticator);

    await expect(register(replica, visitor, authenticator)).rejects.toThrow('InvalidStateError');
  });

  it('is refused where the person has twenty', async () => {
    const visitor = visitorOf();
    for (let made = 0; made < 20; made += 1) await register(replica, visitor, createAuthenticator());

    await expect(register(replica, visitor, createAuthenticator())).rejects.toMatchObject({
      status: 409,
      name: 'too_many_passkeys',
    });
  });

  it('goes with the data of a person, and with the contact centre', async () => {
    const [erased, neighbour, elsewhere] = [
      visitorOf('cc-gone'),
      visitorOf('cc-gone'),
      visitorOf('cc-stays'),
    ];
    for (const visitor of [erased, neighbour, elsewhere])
      await register(replica, visitor, createAuthenticator());
    const held = async () =>
      Promise.all(
        [erased, neighbour, elsewhere].map(async ({ person }) => (await replica.service.list(person)).length),
      );

    await replica.ends.forgetPerson(erased.person);
    expect(await held()).toEqual([0, 1, 1]);
    await replica.ends.forgetContactCenter('cc-gone');
    expect(await held()).toEqual([0, 0, 1]);
  });

  it('is not made for somebody who is forgotten meanwhile', async () => {
    const visitor = visitorOf();
    const request = { ...visitor, policy: plainPolicy };
    const answer = createAuthenticator().create(await replica.registrations.begin(request, shownAs), page);
    await replica.ends.forgetPerson(visitor.person);

    const finished = replica.registrations.finish(request, {
      answer,
      name: 'my key',
      reason: 'grace',
    });
    await expect(finished).rejects.toMatchObject({ status: 400, name: 'passkey_expired' });
  });

  it('is not made with a name that deceives', async () => {
    const request = { ...visitorOf(), policy: plainPolicy };
    const answer = createAuthenticator().create(await replica.registrations.begin(request, shownAs), page);

    const deceiving = { answer, name: 'a\u202eb', reason: 'grace' } as const;
    await expect(replica.registrations.finish(request, deceiving)).rejects.toMatchObject({
      status: 400,
      problems: [{ field: 'name' }],
    });
    expect(
      await replica.registrations.finish(request, { answer, name: 'my key', reason: 'grace' }),
    ).toMatchObject({
      isVerified: true,
    });
  });

  it('keeps its facts while it is copied to other devices', async () => {
    const visitor = visitorOf();
    const authenticator = createAuthenticator({ eligible: true, counts: false });
    await register(replica, visitor, authenticator);
    expect(await replica.service.list(visitor.person)).toMatchObject([{ isEligible: true, isSynced: false }]);

    const proof = await secondStep(replica, visitor, authenticator.copy({ synced: true }));

    expect(proof).toMatchObject({ isEligible: true, isSynced: true });
    expect(await replica.service.list(visitor.person)).toMatchObject([{ isEligible: true, isSynced: true }]);
  });
});

describe('a contact centre that demands a proof of the model', () => {
  const alliance = createAuthority('FIDO Alliance of the tests');
  const [good, other, broken, unknown] = [createModel(), createModel(), createModel(), createModel()];
  const direct: PasskeyPolicy = { ...plainPolicy, attestation: { direct: {} } };
  let withMetadata: Replica;
  beforeAll(async () => {
    const metadataFile = join(await temporaryFolder(), 'metadata.jwt');
    const statuses = { [broken.name]: 'ATTESTATION_KEY_COMPROMISE' };
    await writeFile(metadataFile, metadataBlobOf(alliance, [good, other, broken], statuses));
    withMetadata = stack.startReplica({ metadataFile, metadataRoots: [alliance.cert] });
    withMetadata.start();
  });

  const make = (model: ReturnType<typeof createModel>, policy = direct, by = withMetadata) =>
    register(by, visitorOf(), createAuthenticator({ model }), { policy });

  it('gets passkeys whose make is proved by the metadata of the operator', async () => {
    await make(good);
    expect(withMetadata.events.at(-1)).toMatchObject({ fields: { attested: true, model: good.name } });
    await expect.poll(withMetadata.logged).toContain('the FIDO metadata was read');
  });

  it('accepts the models of its list alone', async () => {
    const listed = { ...plainPolicy, attestation: { direct: { models: [good.name.toUpperCase()] } } };
    await make(good, listed);
    await expect(make(other, listed)).rejects.toMatchObject({ status: 403, name: 'passkey_model_refused' });
  });

  it('refuses models that the alliance warns of, and those that nobody knows', async () => {
    await expect(make(broken)).rejects.toMatchObject({ name: 'passkey_model_refused' });
    await expect(make(unknown)).rejects.toMatchObject({ name: 'passkey_not_attested' });
  });

  it('gets none where the operator gave no metadata, or a wrong file; other passkeys are made still', async () => {
    const metadataFile = join(await temporaryFolder(), 'metadata.jwt');
    await writeFile(metadataFile, metadataBlobOf(createAuthority('somebody'), [good]));
    const wrong = stack.startReplica({ metadataFile, metadataRoots: [alliance.cert] });
    wrong.start();
    await expect.poll(wrong.logged).toContain('the FIDO metadata cannot be used');

    for (const one of [wrong, replica]) {
      await expect(make(good, direct, one)).rejects.toMatchObject({ name: 'passkey_not_attested' });
      await make(good, plainPolicy, one);
      expect(one.events.at(-1)).toMatchObject({ fields: { attested: false } });
    }
  });
});

it('goes on with metadata that are old, and the operator reads since when', async () => {
  const alliance = createAuthority('FIDO Alliance of the tests');
  const model = createModel();
  const metadataFile = join(await temporaryFolder(), 'metadata.jwt');
  await writeFile(metadataFile, metadataBlobOf(alliance, [model], {}, '2026-01-31'));
  const late = stack.startReplica({ metadataFile, metadataRoots: [alliance.cert] });

  const policy: PasskeyPolicy = { ...plainPolicy, attestation: { direct: {} } };
  await register(late, visitorOf(), createAuthenticator({ model }), { policy });
  expect(await late.diagnose()).toMatchObject({
    status: 'warning',
    message: `The FIDO metadata of ${metadataFile} is old: the next one was due on 2026-01-31. Download it again and start the service again.`,
  });
});

it('obeys the policy of the contact centre, whose empty list of models means all that the metadata knows', () => {
  const { syncedPasskeys, hints } = noSecondFactor;
  expect(passkeyPolicyOf(noSecondFactor)).toEqual({ attestation: 'none', syncedPasskeys, hints });
  const attested = { ...noSecondFactor, attestation: 'direct' } as const;
  expect(passkeyPolicyOf(attested).attestation).toEqual({ direct: {} });
  const passkeyModels = ['cb69481e-8ff7-4039-93ec-0a2729a154a8'];
  expect(passkeyPolicyOf({ ...attested, passkeyModels }).attestation).toEqual({
    direct: { models: passkeyModels },
  });
});
