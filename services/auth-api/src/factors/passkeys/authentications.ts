/** Verifies passkeys: as the second step of a person who is known, or as the whole sign-in of somebody who typed no name. */

import type { AuthenticationAnswer } from '@gatehouse/contracts/auth-api';
import { safeEqual } from '@gatehouse/service-kit/crypto';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { isSamePerson, type PersonKey } from '../../records/revocation/revocation.ts';
import type { FactorEvents } from '../store/factor-events.ts';
import type { Primary } from '../store/primary.ts';
import { type AcceptanceOptions, createAcceptance, type ProvedPasskey } from './acceptance.ts';
import { type Challenges, challengeLifeMs } from './challenges.ts';
import { challengeOf } from './client-data.ts';
import type { PasskeyPolicy } from './policy.ts';
import { refused } from './refusals.ts';
import { descriptorOf, ownerRefusal } from './registrations.ts';
import type { RelyingParty } from './relying-party.ts';
import { findPasskey, listPasskeys, type StoredPasskey } from './store.ts';

export interface AuthenticationOptions extends AcceptanceOptions {
  /** Of this region. */
  db: Queryable;
  primary: Pick<Primary, 'ask' | 'askOr' | 'askOrCopy'>;
  events: FactorEvents;
  challenges: Challenges;
  relyingParty: Pick<RelyingParty, 'require'>;
}

export function createAuthentications(options: AuthenticationOptions) {
  const { db: copy, primary, events, challenges, relyingParty } = options;
  const accept = createAcceptance(options);

  /** The challenge is spent, whatever follows. */
  const open = async (
    purpose: 'authenticate' | 'discover',
    answer: AuthenticationAnswer,
    owner: { browser: string; person: PersonKey | undefined },
  ) => {
    const party = await relyingParty.require();
    const challenge = challengeOf(answer.response.clientDataJSON, {
      type: 'webauthn.get',
      origin: party.origin,
    });
    await challenges.take(purpose, challenge, owner);
    const id = Buffer.from(answer.id, 'base64url');
    const find = (db: Queryable) => findPasskey(db, id);
    // A copy that is late does not know the newest, and browsers forget passkeys that are not known.
    const passkey = (await primary.askOrCopy(copy, find)) ?? (await primary.ask(find));
    if (passkey === undefined) throw refused('passkey_unknown');
    return {
      passkey,
      async verify() {
        // With the library it takes 28 MB, which installations without passkeys need not have.
        const { verifyAuthentication } = await import('./verification.ts');
        return verifyAuthentication({ answer, challenge, party, passkey });
      },
    };
  };

  const offer = async (
    purpose: 'authenticate' | 'discover',
    owner: { browser: string; person: PersonKey | undefined },
    asked: Pick<PublicKeyCredentialRequestOptionsJSON, 'userVerification' | 'hints' | 'allowCredentials'>,
  ): Promise<PublicKeyCredentialRequestOptionsJSON> => {
    const { rpId } = await relyingParty.require();
    return { ...asked, rpId, challenge: await challenges.make(purpose, owner), timeout: challengeLifeMs };
  };

  const recorded = async <T>(person: PersonKey, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError && error.status < 500)
        await events.failed(person, { factor: 'passkey', reason: error.name });
      throw error;
    }
  };

  return {
    /**
     * The second step. Undefined when the person has no passkey: a copy that is late must not say so of somebody who has one.
     * @throws AppError
     */
    async begin(
      { person, browser }: { person: PersonKey; browser: string },
      { hints }: Pick<PasskeyPolicy, 'hints'>,
    ): Promise<PublicKeyCredentialRequestOptionsJSON | undefined> {
      const known = await primary.askOrCopy(copy, (db) => listPasskeys(db, person));
      if (known.length === 0) return undefined;
      const allowCredentials = known.map(descriptorOf);
      return offer(
        'authenticate',
        { person, browser },
        { allowCredentials, userVerification: 'preferred', hints: [...hints] },
      );
    },

    /** @throws AppError when the answer is not of a passkey of the person */
    async finish(
      { person, browser }: { person: PersonKey; browser: string },
      { answer }: { answer: AuthenticationAnswer },
    ): Promise<ProvedPasskey> {
      return recorded(person, async () => {
        const { passkey, verify } = await open('authenticate', answer, { person, browser });
        if (!isSamePerson(person, passkey)) throw ownerRefusal(person, passkey);
        const handle = answer.response.userHandle;
        if (handle && !isHandle(passkey, handle))
          throw refused('passkey_invalid', 'the user handle is of another person');
        return accept(passkey, await verify());
      });
    },

    /** A sign-in without a name: the list is empty for everybody, so it tells nothing. @throws AppError */
    beginDiscovery: ({ browser }: { browser: string }): Promise<PublicKeyCredentialRequestOptionsJSON> =>
      offer('discover', { browser, person: undefined }, { userVerification: 'required' }),

    /**
     * `contactCenterId`: the one that the sign-in is for, if that is known. The passkey is all that the person gives: who found it must not
     * get in, so it has to verify the person. @throws AppError
     */
    async finishDiscovery(
      { browser, contactCenterId }: { browser: string; contactCenterId: string | undefined },
      { answer }: { answer: AuthenticationAnswer },
    ): Promise<ProvedPasskey & { dbid: number }> {
      const { passkey, verify } = await open('discover', answer, { browser, person: undefined });
      // The stored passkey says who it is; the handle only has to agree (WebAuthn section 7.2, step 6).
      if (!isHandle(passkey, answer.response.userHandle ?? ''))
        throw refused('passkey_invalid', 'the user handle is not of the person of the passkey');
      const use = await verify();
      if (contactCenterId !== undefined && passkey.contactCenterId !== contactCenterId)
        throw refused('passkey_of_another_contact_center');
      if (!use.isVerified) throw refused('passkey_not_verified');
      return { ...(await accept(passkey, use)), dbid: passkey.dbid };
    },
  };
}

const isHandle = ({ handle }: StoredPasskey, claimed: string) =>
  safeEqual(handle.toString('base64url'), claimed);
