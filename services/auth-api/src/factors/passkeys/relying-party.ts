/** Decides under which RP ID passkeys are made and used: the host of the public URL, as long as the stored ones are of it. */
import { isIP } from 'node:net';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { holdAdvisoryLock, type Queryable } from '@gatehouse/service-kit/postgres';
import { refused } from './refusals.ts';
import { findRpId, saveRpId } from './store.ts';

/**
 * `ip_address`: an IP address is no RP ID (WebAuthn section 5.1.3). `plaintext`: browsers offer passkeys on https, or on localhost.
 * `host_changed`: the stored passkeys are of another host; browsers offer them again once the public URL has it.
 */
export type PasskeysOffReason = 'ip_address' | 'plaintext' | 'host_changed';

export type RelyingPartyState =
  | ({ isOn: true } & Party)
  | { isOn: false; reason: PasskeysOffReason; host: string; storedRpId?: string };

export interface Party {
  rpId: string;
  origin: string;
}

interface RelyingPartyOptions {
  publicUrl: string;
  db: Queryable;
  now: Clock;
}

export type RelyingParty = ReturnType<typeof createRelyingParty>;

const usedForMs = 60_000;

export function createRelyingParty({ publicUrl, db, now }: RelyingPartyOptions) {
  const { hostname: host, origin, protocol } = new URL(publicUrl);
  const party: Party = { rpId: host, origin };
  const unfit = unfitnessOf(host, protocol);

  const stateBy = (storedRpId: string | undefined): RelyingPartyState => {
    const hasChanged = storedRpId !== undefined && storedRpId !== host;
    const reason = hasChanged ? 'host_changed' : unfit;
    return reason === undefined
      ? { isOn: true, ...party }
      : { isOn: false, reason, host, ...definedOnly({ storedRpId: hasChanged ? storedRpId : undefined }) };
  };

  const partyOf = (state: RelyingPartyState): Party => {
    if (state.isOn) return party;
    const { reason, storedRpId } = state;
    const stored = storedRpId === undefined ? '' : `; the stored passkeys are of ${storedRpId}`;
    throw refused('passkeys_off', `${reason}: the public host is ${host}${stored}`);
  };

  let used = false;
  let askAgainAtMs = 0;

  const state = async () => stateBy(await findRpId(db));

  return {
    /** For the operator, too: why passkeys are off. Rejects while PostgreSQL is away. */
    state,
    /** Whether a sign-in page should offer passkeys: they are on, and somebody has one. Asked in the store now and then. */
    async isUsed(): Promise<boolean> {
      if (now() >= askAgainAtMs) {
        askAgainAtMs = now() + usedForMs;
        used = await findRpId(db).then(
          (rpId) => rpId !== undefined && stateBy(rpId).isOn,
          // The page goes on without the button.
          () => used,
        );
      }
      return used;
    },
    /** @throws AppError (409) `passkeys_off` */
    require: async (): Promise<Party> => partyOf(await state()),
    /**
     * In the transaction that stores a passkey, which is the first one perhaps. Replicas with two public hosts run beside each other
     * while the setting changes: the lock lets one of them name the RP ID. @throws AppError (409) `passkeys_off`
     */
    async claim(transaction: Queryable): Promise<void> {
      partyOf(stateBy(undefined));
      if ((await findRpId(transaction)) === undefined) {
        await holdAdvisoryLock(transaction, 'passkeys');
        if ((await findRpId(transaction)) === undefined) return saveRpId(transaction, host);
      }
      partyOf(stateBy(await findRpId(transaction)));
    },
  };
}

function unfitnessOf(host: string, protocol: string): PasskeysOffReason | undefined {
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return 'ip_address';
  const isLoopback = host === 'localhost' || host.endsWith('.localhost');
  return protocol === 'https:' || isLoopback ? undefined : 'plaintext';
}
