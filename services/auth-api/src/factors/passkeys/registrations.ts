/** Makes passkeys: offers what the browser needs, and stores what it answers. */

import type { RegistrationAnswer } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomBytes } from '@gatehouse/service-kit/crypto';
import type {
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialDescriptorJSON,
} from '@simplewebauthn/server';
import { isSamePerson, type PersonKey } from '../../records/revocation/revocation.ts';
import type { FactorEvents } from '../store/factor-events.ts';
import { addFactor, type EnrolmentReason } from '../store/lasting-factors.ts';
import { lockFactors } from '../store/person-lock.ts';
import type { Primary } from '../store/primary.ts';
import type { ProvedPasskey } from './acceptance.ts';
import type { MetadataSource } from './attestation/source.ts';
import { type Challenges, challengeLifeMs } from './challenges.ts';
import { challengeOf } from './client-data.ts';
import { algorithms, type NewPasskey } from './passkey.ts';
import { validName } from './passkeys.ts';
import type { PasskeyPolicy } from './policy.ts';
import { refused } from './refusals.ts';
import type { RelyingParty } from './relying-party.ts';
import { findPasskey, handleOf, insertPasskey, listPasskeys } from './store.ts';

export interface RegistrationOptions {
  primary: Primary;
  /** @throws AppError 403 `read_only_region` that names the writable region */
  requireWritable(): void;
  challenges: Challenges;
  relyingParty: RelyingParty;
  metadata: MetadataSource;
  events: FactorEvents;
  now: Clock;
}

export interface ShownPerson {
  /** As the authenticator lists the passkey. */
  userName: string;
  displayName: string;
  place: string;
  /** By which the directory finds the person again. */
  dbid: number;
}

export interface RegistrationRequest {
  /** The person who is signed in: never one that the request names. */
  person: PersonKey;
  /** The binding cookie. */
  browser: string;
  policy: PasskeyPolicy;
}

/** Keys, telephones and computers of one person. */
const maxPasskeys = 20;

export function createRegistrations(options: RegistrationOptions) {
  const { primary, requireWritable, challenges, relyingParty, metadata, events, now } = options;

  const requireRoom = (passkeys: number) => {
    if (passkeys >= maxPasskeys) throw refused('too_many_passkeys');
  };

  const store = (
    person: PersonKey,
    made: NewPasskey,
    {
      id,
      name,
      reason,
      begunIn,
    }: Omit<NewPasskeyAnswer, 'answer'> & { id: string; begunIn: number | undefined },
  ) =>
    primary.inTransaction(async (transaction) => {
      const adding = { factor: 'passkey', reason, events } as const;
      const counted = await addFactor(transaction, person, adding, async (held, epoch) => {
        // A reset, a removed factor and a new password end what was begun before them.
        if (epoch !== begunIn)
          throw refused('passkey_expired', 'the factors of the person changed meanwhile');
        requireRoom(held.passkeys);
        await relyingParty.claim(transaction);
        if (!(await insertPasskey(transaction, person, name, made)))
          throw ownerRefusal(person, await findPasskey(transaction, made.id));
        const facts = {
          ...{ model: made.aaguid, mayBeSynced: made.isEligible },
          ...{ userVerified: made.isVerified, attested: made.isAttested },
        };
        return { id, name, facts };
      });
      return counted as number;
    });

  return {
    /** @throws AppError */
    async begin(
      { person, browser, policy }: RegistrationRequest,
      { userName, displayName, place, dbid }: ShownPerson,
    ): Promise<PublicKeyCredentialCreationOptionsJSON> {
      requireWritable();
      const { rpId } = await relyingParty.require();
      const { epoch, known, handle } = await primary.inTransaction(async (transaction) => ({
        epoch: await lockFactors(transaction, person),
        known: await listPasskeys(transaction, person),
        handle: await handleOf(transaction, person, { proposed: randomBytes(64), dbid }),
      }));
      requireRoom(known.length);
      return {
        rp: { id: rpId, name: place },
        user: { id: handle.toString('base64url'), name: userName, displayName },
        challenge: await challenges.make('register', { browser, person }, epoch),
        pubKeyCredParams: algorithms.map((alg) => ({ alg, type: 'public-key' })),
        timeout: challengeLifeMs,
        excludeCredentials: known.map(descriptorOf),
        // Keys without room, or without a PIN, are a second step still.
        authenticatorSelection: {
          residentKey: 'preferred',
          requireResidentKey: false,
          userVerification: 'preferred',
        },
        attestation: policy.attestation === 'none' ? 'none' : 'direct',
        hints: [...policy.hints],
        extensions: { credProps: true },
      };
    },

    /** @throws AppError for an answer that makes no passkey; (403) read-only region; (409) another factor is there, or too many; (503) */
    async finish(
      { person, browser, policy }: RegistrationRequest,
      { answer, name, ...given }: NewPasskeyAnswer,
    ): Promise<ProvedPasskey> {
      requireWritable();
      const shownName = validName(name);
      const party = await relyingParty.require();
      const challenge = challengeOf(answer.response.clientDataJSON, {
        type: 'webauthn.create',
        origin: party.origin,
      });
      const begunIn = await challenges.take('register', challenge, { browser, person });
      // With the library it takes 28 MB, which installations without passkeys need not have.
      const { verifyRegistration } = await import('./verification.ts');
      const made = await verifyRegistration({
        ...{ answer, challenge, party, policy, nowMs: now() },
        metadata: await metadata.current(),
      });
      const { id: passkeyId } = answer;
      const epoch = await store(person, made, { id: passkeyId, name: shownName, begunIn, ...given });
      const { isVerified, isEligible, isSynced } = made;
      const { contactCenterId, sub } = person;
      return { contactCenterId, sub, passkeyId, isVerified, isEligible, isSynced, atMs: now(), epoch };
    },
  };
}

export interface NewPasskeyAnswer {
  answer: RegistrationAnswer;
  /** As the person wrote it. */
  name: string;
  reason: EnrolmentReason;
}

/** A key that several people share is refused by name. */
export function ownerRefusal(person: PersonKey, owner: PersonKey | undefined) {
  if (owner === undefined) return refused('passkey_unknown');
  if (isSamePerson(person, owner)) return refused('passkey_known');
  return refused(
    person.contactCenterId === owner.contactCenterId
      ? 'passkey_of_another_person'
      : 'passkey_of_another_contact_center',
  );
}

/** For `excludeCredentials` and `allowCredentials`. */
export function descriptorOf(passkey: {
  id: Buffer;
  transports: readonly string[];
}): PublicKeyCredentialDescriptorJSON {
  const transports = passkey.transports as AuthenticatorTransport[];
  return { id: passkey.id.toString('base64url'), type: 'public-key', transports: [...transports] };
}
