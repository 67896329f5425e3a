/** Attacks on passkeys: on their challenges, their pages, their owners, their counters and their makes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { authenticationAnswerSchema, registrationAnswerSchema } from '@gatehouse/contracts/auth-api';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { createAuthority, jwkOfPoint, jwkWithExponent } from '@gatehouse/testing/keys';
import { temporaryFolder } from '@gatehouse/testing/programs';
import {
  type Authenticator,
  createAuthenticator,
  createModel,
  metadataBlobOf,
} from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMetadata } from '../../../src/factors/passkeys/attestation/metadata.ts';
import type { PasskeyPolicy } from '../../../src/factors/passkeys/policy.ts';
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
  type Visitor,
  visitorOf,
} from './passkeys.ts';

let stack: PasskeyStack;
let replica: Replica;
let other: Replica;
beforeAll(async () => {
  stack = await startPasskeys();
  replica = stack.startReplica();
  other = stack.startReplica();
});
afterAll(() => stack?.close());

const named = (name: string) => expect.objectContaining({ name });

/** Somebody with a passkey. */
async function owner(options: Parameters<typeof createAuthenticator>[0] = {}, contactCenterId = 'cc-1') {
  const [visitor, authenticator] = [visitorOf(contactCenterId), createAuthenticator(options)];
  const { passkeyId: id } = await register(replica, visitor, authenticator);
  return { visitor, authenticator, id };
}

const beginStep = async (visitor: Visitor) => {
  const offered = await replica.authentications.begin(visitor, plainPolicy);
  if (offered === undefined) throw new Error('the person has no passkey');
  return offered;
};

const request = (visitor: Visitor, policy: PasskeyPolicy = plainPolicy) => ({ ...visitor, policy });

describe('a challenge', () => {
  // attack: challenge of one purpose spent for another | CVE-2026-4325 | guard: services/auth-api/src/factors/passkeys/challenges.ts
  it('is of one purpose: the one of a registration is none of a sign-in', async () => {
    const { visitor, authenticator } = await owner();
    const { challenge } = await replica.registrations.begin(request(visitor), shownAs);
    const answer = authenticator.get({ challenge, rpId: 'login.test' }, page);

    await expect(replica.authentications.finish(visitor, { answer })).rejects.toEqual(
      named('passkey_expired'),
    );
  });

  // attack: challenge taken from the request | WebAuthn section 13.4.3 | guard: services/auth-api/src/factors/passkeys/challenges.ts
  it('is made here: one that the page invents, or uses again, is none', async () => {
    const { visitor, authenticator } = await owner();
    const invented = { challenge: randomToken(), rpId: 'login.test' };
    await expect(
      replica.authentications.finish(visitor, { answer: authenticator.get(invented, page) }),
    ).rejects.toEqual(named('passkey_expired'));

    const answer = authenticator.get(await beginStep(visitor), page);
    await replica.authentications.finish(visitor, { answer });
    await expect(replica.authentications.finish(visitor, { answer })).rejects.toEqual(
      named('passkey_expired'),
    );
  });

  // attack: challenge carried to another browser | CWE-384 | guard: services/auth-api/src/factors/passkeys/challenges.ts
  it('is of one browser, and another one cannot use it up', async () => {
    const { visitor, authenticator } = await owner();
    const answer = authenticator.get(await beginStep(visitor), page);

    const elsewhere = { ...visitor, browser: randomToken() };
    await expect(replica.authentications.finish(elsewhere, { answer })).rejects.toEqual(
      named('passkey_expired'),
    );
    expect(await replica.authentications.finish(visitor, { answer })).toMatchObject(visitor.person);
  });

  // attack: one challenge answered at two replicas at once | CWE-367 | guard: services/auth-api/src/factors/passkeys/challenges.ts
  it('is spent once, however many replicas get its answer at the same time', async () => {
    const { visitor, authenticator } = await owner({ counts: false });
    const answer = authenticator.get(await beginStep(visitor), page);

    const all = await Promise.allSettled(
      [replica, other, replica, other].map(({ authentications }) =>
        authentications.finish(visitor, { answer }),
      ),
    );

    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  // attack: challenge answered after hours | WebAuthn section 13.4.3 | guard: services/auth-api/src/factors/passkeys/challenges.ts
  it('is kept for five minutes, as a digest', async () => {
    const own = await startPasskeys();
    const visitor = visitorOf();
    const { challenge } = await own.startReplica().authentications.beginDiscovery(visitor);

    const keys = await own.redis.redis.keys('*');
    expect(keys).toHaveLength(1);
    expect(keys.join()).not.toContain(challenge);
    const lifeMs = await own.redis.redis.pttl(String(keys[0]));
    expect(lifeMs).toBeGreaterThan(0);
    expect(lifeMs).toBeLessThanOrEqual(300_000);
    await own.close();
  });

  // attack: passkey registered for another person | CWE-352 | guard: services/auth-api/src/factors/passkeys/challenges.ts
  it('is of the person for whom it was made: nobody gets a key of an attacker by it', async () => {
    const [attacker, victim] = [visitorOf(), visitorOf()];
    const offered = await replica.registrations.begin(request(attacker), shownAs);
    const answer = createAuthenticator().create(offered, page);
    // Also of somebody who has begun to make a passkey, and has a user handle by then.
    await replica.registrations.begin(request(victim), shownAs);

    // The attacker makes the browser of the victim, who is signed in, send the answer.
    const misled = { ...request(victim), browser: attacker.browser };
    await expect(
      replica.registrations.finish(misled, { answer, name: 'my key', reason: 'grace' }),
    ).rejects.toEqual(named('passkey_expired'));
    expect(await replica.service.list(victim.person)).toEqual([]);
  });
});

describe('a page', () => {
  // attack: origin that begins or ends as ours | WebAuthn section 13.4.9 | guard: services/auth-api/src/factors/passkeys/client-data.ts
  it('of another origin gets nothing, however it is named', async () => {
    const { visitor, authenticator } = await owner();
    for (const foreign of [
      'https://login.test.evil.example',
      'https://evil-login.test',
      'https://login.test:8443',
      'http://login.test',
      'https://LOGIN.test',
      'null',
    ]) {
      await expect(secondStep(replica, visitor, authenticator, { origin: foreign })).rejects.toEqual(
        named('passkey_foreign_page'),
      );
      await expect(
        register(replica, visitorOf(), createAuthenticator(), { on: { origin: foreign } }),
      ).rejects.toEqual(named('passkey_foreign_page'));
    }
  });

  // attack: passkey made or used in a foreign frame | WebAuthn section 13.4.2 | guard: services/auth-api/src/factors/passkeys/client-data.ts
  it('that frames ours gets nothing, and can have no passkey made', async () => {
    const { visitor, authenticator } = await owner();
    for (const frame of [
      { crossOrigin: true },
      { crossOrigin: true, topOrigin: 'https://evil.example' },
      { topOrigin: 'https://evil.example' },
    ]) {
      const on = { ...page, ...frame };
      await expect(secondStep(replica, visitor, authenticator, on)).rejects.toEqual(
        named('passkey_foreign_page'),
      );
      await expect(discover(replica, visitor, authenticator, { on })).rejects.toEqual(
        named('passkey_foreign_page'),
      );
      await expect(register(replica, visitorOf(), createAuthenticator(), { on })).rejects.toEqual(
        named('passkey_foreign_page'),
      );
    }
  });

  // attack: RP ID of another site | WebAuthn section 7.2, step 15 | guard: services/auth-api/src/factors/passkeys/verification.ts
  it('of another RP ID gets no signature that counts here', async () => {
    const { visitor, authenticator } = await owner();
    for (const rpId of ['test', 'evil.login.test', 'login.test.evil.example'])
      await expect(secondStep(replica, visitor, authenticator, { ...page, rpId })).rejects.toEqual(
        named('passkey_invalid'),
      );
  });

  // attack: answer of a registration used to sign in | WebAuthn section 5.8.1 | guard: services/auth-api/src/factors/passkeys/client-data.ts
  it('cannot use the answer of one ceremony in the other', async () => {
    const { visitor, authenticator } = await owner();
    for (const type of ['webauthn.create', 'payment.get'])
      await expect(secondStep(replica, visitor, authenticator, { ...page, type })).rejects.toEqual(
        named('passkey_invalid'),
      );
  });
});

describe('the owner of a passkey', () => {
  // attack: user handle trusted without the passkey | WebAuthn section 7.2, step 6 | guard: services/auth-api/src/factors/passkeys/authentications.ts
  it('is whom the stored passkey says, never whom the user handle says', async () => {
    const [victim, attacker] = [await owner(), await owner()];
    const handle = (await replica.registrations.begin(request(victim.visitor), shownAs)).user.id;

    for (const userHandle of [handle, null, ''])
      await expect(
        discover(replica, attacker.visitor, attacker.authenticator, { on: { ...page, userHandle } }),
      ).rejects.toEqual(named('passkey_invalid'));
    expect(await discover(replica, attacker.visitor, attacker.authenticator)).toMatchObject(
      attacker.visitor.person,
    );
  });

  // attack: passkey of another person as the second step | CWE-639 | guard: services/auth-api/src/factors/passkeys/authentications.ts
  it('is the person of the second step: a key of somebody else is refused by name', async () => {
    const [victim, attacker] = [await owner(), await owner()];
    const { challenge, rpId } = await beginStep(victim.visitor);
    const answer = attacker.authenticator.get({ challenge, rpId: String(rpId) }, page);

    await expect(replica.authentications.finish(victim.visitor, { answer })).rejects.toEqual(
      named('passkey_of_another_person'),
    );
  });

  // attack: passkey of another contact centre | CWE-639 | guard: services/auth-api/src/factors/passkeys/authentications.ts
  it('is of one contact centre: the passkey opens no other, also for the same subject', async () => {
    const { visitor, authenticator } = await owner({}, 'cc-1');
    await expect(discover(replica, visitor, authenticator, { contactCenterId: 'cc-2' })).rejects.toEqual(
      named('passkey_of_another_contact_center'),
    );

    const sameSubject = { ...visitor, person: { ...visitor.person, contactCenterId: 'cc-2' } };
    const second = createAuthenticator();
    await register(replica, sameSubject, second);
    const { challenge, rpId } = await beginStep(sameSubject);
    const answer = authenticator.get({ challenge, rpId: String(rpId) }, page);
    await expect(replica.authentications.finish(sameSubject, { answer })).rejects.toEqual(
      named('passkey_of_another_contact_center'),
    );
    expect(await discover(replica, visitor, authenticator, { contactCenterId: 'cc-1' })).toMatchObject(
      visitor.person,
    );
  });

  // attack: passkey taken over by registering its id again | WebAuthn section 7.1, step 26 | guard: services/auth-api/src/factors/passkeys/store.ts
  it('keeps it when somebody registers its id again with another key', async () => {
    const { visitor, authenticator, id } = await owner();
    const attacker = visitorOf('cc-2');
    const colleague = visitorOf('cc-1');

    for (const [thief, refusal] of [
      [attacker, 'passkey_of_another_contact_center'],
      [colleague, 'passkey_of_another_person'],
      [visitor, 'passkey_known'],
    ] as const)
      await expect(register(replica, thief, createAuthenticator(), { on: { ...page, id } })).rejects.toEqual(
        named(refusal),
      );

    expect(await secondStep(replica, visitor, authenticator)).toMatchObject(visitor.person);
  });

  // attack: answer that names another passkey than its authenticator | WebAuthn section 7.1, step 26 | guard: services/auth-api/src/factors/passkeys/verification.ts
  it('gets a passkey under the id that its authenticator gave', async () => {
    const visitor = visitorOf();
    const offered = await replica.registrations.begin(request(visitor), shownAs);
    const made = createAuthenticator().create(offered, page);
    const id = randomToken();

    await expect(
      replica.registrations.finish(request(visitor), {
        answer: { ...made, id, rawId: id },
        name: 'key',
        reason: 'grace',
      }),
    ).rejects.toEqual(named('passkey_invalid'));
  });

  // attack: public key supplied at verification | CWE-347 | guard: packages/contracts/src/auth-api/passkey-answers.ts
  it('is proved by the stored key: one that comes with the answer is dropped', async () => {
    const [victim, attacker] = [await owner(), await owner()];
    const { challenge, rpId } = await beginStep(victim.visitor);
    const forged = attacker.authenticator.get({ challenge, rpId: String(rpId) }, { ...page, id: victim.id });
    const answer = authenticationAnswerSchema.parse({
      ...forged,
      publicKey: 'of the attacker',
      response: { ...forged.response, userHandle: undefined, publicKey: 'of the attacker' },
    });
    expect(JSON.stringify(answer)).not.toContain('of the attacker');

    await expect(replica.authentications.finish(victim.visitor, { answer })).rejects.toEqual(
      named('passkey_invalid'),
    );
  });

  // attack: factors of people listed by strangers | CWE-204 | guard: services/auth-api/src/factors/passkeys/authentications.ts
  it('is not told by a sign-in without a name: everybody is offered the same', async () => {
    const { visitor } = await owner();
    const shapes = await Promise.all(
      [visitor, visitorOf()].map(async (one) => {
        const { challenge: _, ...offered } = await replica.authentications.beginDiscovery(one);
        return offered;
      }),
    );
    expect(shapes[0]).toEqual(shapes[1]);
    expect(shapes[0]?.allowCredentials ?? []).toEqual([]);
  });

  // attack: passkey that was removed used in another region | CWE-613 | guard: services/auth-api/src/factors/passkeys/acceptance.ts
  it('ends it everywhere: the primary is asked, not only the copy of a region', async () => {
    const { visitor, authenticator, id } = await owner();
    const answer = authenticator.get(await beginStep(visitor), page);
    // The copy of the region still has it when the answer is looked up.
    const transaction = await stack.pool.connect();
    await transaction.query('BEGIN');
    await transaction.query('DELETE FROM auth.passkeys WHERE id = $1', [Buffer.from(id, 'base64url')]);
    const finished = replica.authentications.finish(visitor, { answer }).catch((error) => error);
    await expect
      .poll(async () => {
        const { rowCount } = await stack.pool.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return rowCount;
      })
      .toBeGreaterThan(0);
    await transaction.query('COMMIT');
    transaction.release();

    expect(await finished).toEqual(named('passkey_unknown'));
  });
});

describe('user verification', () => {
  // attack: passkey without user verification counted as two factors | NIST SP 800-63B section 3.2.10 | guard: services/auth-api/src/factors/passkeys/verification.ts
  it('counts where the authenticator has signed it, at this use', async () => {
    const { visitor, authenticator } = await owner({ verifies: true });
    expect(await secondStep(replica, visitor, authenticator)).toMatchObject({ isVerified: true });
    const found = authenticator.copy({ verifies: false });
    await authenticatorsTurn(found);
    expect(await secondStep(replica, visitor, found)).toMatchObject({ isVerified: false });
  });

  // attack: found key signs in alone | WebAuthn section 6.3.1 | guard: services/auth-api/src/factors/passkeys/authentications.ts
  it('is demanded of a sign-in without a name', async () => {
    const { visitor, authenticator } = await owner({ verifies: false });
    expect((await replica.authentications.beginDiscovery(visitor)).userVerification).toBe('required');
    await expect(discover(replica, visitor, authenticator)).rejects.toEqual(named('passkey_not_verified'));
    expect(await secondStep(replica, visitor, authenticator)).toMatchObject({ isVerified: false });
  });
});

/** One use more, so that its counter is ahead. */
const authenticatorsTurn = async (authenticator: Authenticator) =>
  void authenticator.get({ challenge: randomToken(), rpId: 'login.test' }, page);

describe('a counter that goes back', () => {
  // attack: copy of a key that is on one device | WebAuthn section 6.1.1 | guard: services/auth-api/src/factors/passkeys/acceptance.ts
  it('refuses the copy of a passkey on one device, leaves a warning and an event, and locks nobody', async () => {
    const { visitor, authenticator } = await owner();
    const copy = authenticator.copy();
    await secondStep(replica, visitor, authenticator);
    await secondStep(replica, visitor, authenticator);
    replica.events.length = 0;

    await expect(secondStep(replica, visitor, copy)).rejects.toEqual(named('passkey_cloned'));

    expect(replica.events).toMatchObject([
      { name: 'passkey_clone_suspected', outcome: 'failure', ...visitor.person },
      { name: 'second_factor_failed', fields: { factor: 'passkey', reason: 'passkey_cloned' } },
    ]);
    expect(await replica.service.list(visitor.person)).toMatchObject([{ hasCloneWarning: true }]);
    expect(await secondStep(replica, visitor, authenticator)).toMatchObject(visitor.person);
  });

  // attack: person locked out by the counters of a synced passkey | WebAuthn section 6.1.1 | guard: services/auth-api/src/factors/passkeys/verification.ts
  it('never locks a passkey that is synced: the warning stays, with one event', async () => {
    const { visitor, authenticator } = await owner({ eligible: true, synced: true });
    const laptop = authenticator.copy();
    await secondStep(replica, visitor, authenticator);
    await secondStep(replica, visitor, authenticator);
    replica.events.length = 0;

    expect(await secondStep(replica, visitor, laptop)).toMatchObject({ ...visitor.person, isSynced: true });
    expect(await secondStep(replica, visitor, laptop)).toMatchObject(visitor.person);

    expect(replica.events.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['passkey_clone_suspected', 'success'],
    ]);
    expect(await replica.service.list(visitor.person)).toMatchObject([{ hasCloneWarning: true }]);
  });

  // attack: key and its copy used at two replicas at once | CWE-367 | guard: services/auth-api/src/factors/passkeys/store.ts
  it('is seen when both are used at the same time', async () => {
    const { visitor, authenticator } = await owner();
    const copy = authenticator.copy();
    const answers = await Promise.all(
      [authenticator, copy].map(async (one) => one.get(await beginStep(visitor), page)),
    );

    const all = await Promise.allSettled(
      answers.map((answer, index) =>
        (index === 0 ? replica : other).authentications.finish(visitor, { answer }),
      ),
    );

    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await replica.service.list(visitor.person)).toMatchObject([{ hasCloneWarning: true }]);
  });
});

describe('the policy of a contact centre', () => {
  const alliance = createAuthority('FIDO Alliance of the tests');
  const model = createModel();
  const direct: PasskeyPolicy = { ...plainPolicy, attestation: { direct: {} } };
  const nowMs = Date.now();

  /** A browser that an attacker steers does not ask the authenticator as it should. */
  const unasked = async (authenticator: Authenticator, policy: PasskeyPolicy) => {
    const visitor = visitorOf();
    const offered = await replica.registrations.begin(request(visitor, policy), shownAs);
    const answer = authenticator.create({ ...offered, attestation: 'none' }, page);
    return replica.registrations.finish(request(visitor, policy), {
      answer,
      name: 'key',
      reason: 'grace',
    });
  };

  // attack: policy for passkeys kept by the browser alone | CVE-2026-8830 | guard: services/auth-api/src/factors/passkeys/attestation/attestation.ts
  it('is kept here: without the proof that it demands no passkey is made', async () => {
    await expect(unasked(createAuthenticator({ model }), direct)).rejects.toEqual(
      named('passkey_not_attested'),
    );
  });

  // attack: synced passkey where policy refuses them | NIST SP 800-63B appendix B | guard: services/auth-api/src/factors/passkeys/verification.ts
  it('is kept here: a passkey that may be synced is refused although it is not yet', async () => {
    const policy = { ...plainPolicy, syncedPasskeys: 'refused' } as const;
    await expect(unasked(createAuthenticator({ eligible: true }), policy)).rejects.toEqual(
      named('passkey_synced'),
    );
    expect(await unasked(createAuthenticator(), policy)).toMatchObject({ isVerified: true });
  });

  // attack: passkey turned into a synced one | WebAuthn section 6.1.3 | guard: services/auth-api/src/factors/passkeys/verification.ts
  it('is not gone round by a passkey that says later that it may be synced', async () => {
    const { visitor, authenticator } = await owner({ eligible: false });
    await expect(
      secondStep(replica, visitor, authenticator.copy({ eligible: true, synced: true })),
    ).rejects.toEqual(named('passkey_invalid'));
  });

  // attack: model of an authenticator pretended | WebAuthn section 13.4.1 | guard: services/auth-api/src/factors/passkeys/attestation/certificate-path.ts
  it('gets no model by a certificate of somebody else, and none by no certificate', async () => {
    const metadataFile = join(await temporaryFolder(), 'metadata.jwt');
    await writeFile(metadataFile, metadataBlobOf(alliance, [model]));
    const known = stack.startReplica({ metadataFile, metadataRoots: [alliance.cert] });
    const forged = createModel({ isForged: true, aaguid: model.aaguid });
    const selfSigned = { ...model, attest: (signed: Buffer) => ({ ...model.attest(signed), x5c: [] }) };
    const make = (by: typeof model) =>
      register(known, visitorOf(), createAuthenticator({ model: by }), { policy: direct });

    await make(model);
    await expect(make(forged)).rejects.toEqual(named('passkey_not_attested'));
    await expect(make(selfSigned)).rejects.toMatchObject({ name: expect.stringMatching(/^passkey_/) });
  });

  // attack: metadata of the FIDO Alliance forged | FIDO Metadata Service 3.0 section 3.2 | guard: services/auth-api/src/factors/passkeys/attestation/metadata.ts
  it('believes no metadata that the alliance has not signed', async () => {
    const blob = metadataBlobOf(alliance, [model]);
    await expect(readMetadata(blob, nowMs, [createAuthority('other').cert])).rejects.toThrow(
      'does not lead to',
    );
    const [header, , signature] = blob.split('.');
    const [, payload] = metadataBlobOf(alliance, [createModel()]).split('.');
    await expect(
      readMetadata([header, payload, signature].join('.'), nowMs, [alliance.cert]),
    ).rejects.toThrow();
  });
});

describe('bytes of strangers', () => {
  // attack: passkey with a key for which anybody can sign | CWE-326 | guard: services/auth-api/src/factors/passkeys/public-key.ts
  it.each([
    ['EdDSA', jwkOfPoint('Ed25519', `01${'00'.repeat(31)}`)],
    ['RS256', jwkWithExponent(1)],
  ] as const)('make no passkey with a weak key of %s', async (kind, jwk) => {
    const weak = createAuthenticator({ kind, jwk });
    await expect(register(replica, visitorOf(), weak)).rejects.toEqual(named('passkey_invalid'));
  });

  it('are refused with 4xx, whatever they are', async () => {
    const { visitor, authenticator } = await owner();
    const nested = Buffer.alloc(40_000, 0x81).toString('base64url');
    for (const attestationObject of ['AA', nested, Buffer.from('a0', 'hex').toString('base64url')]) {
      const offered = await replica.registrations.begin(request(visitor), shownAs);
      const made = createAuthenticator().create(offered, page);
      const answer = { ...made, response: { ...made.response, attestationObject } };
      await expect(
        replica.registrations.finish(request(visitor), { answer, name: 'key', reason: 'grace' }),
      ).rejects.toEqual(named('passkey_invalid'));
    }
    for (const change of [{ authenticatorData: 'AA' }, { signature: 'AA' }, { clientDataJSON: 'AA' }]) {
      const made = authenticator.get(await beginStep(visitor), page);
      const answer = { ...made, response: { ...made.response, ...change } };
      await expect(replica.authentications.finish(visitor, { answer })).rejects.toEqual(
        named('passkey_invalid'),
      );
    }
  });

  it('of a wrong form are named by their field', () => {
    const response = { clientDataJSON: 'e30', attestationObject: 'a b' };
    const parsed = registrationAnswerSchema.safeParse({
      id: 'AA',
      rawId: 'AB',
      type: 'public-key',
      response,
    });
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toContain('response.attestationObject');
  });
});
