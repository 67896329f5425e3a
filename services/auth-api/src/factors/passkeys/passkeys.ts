/** Lists, renames and removes the passkeys of a person. Whether somebody may do that is for the caller to decide. */
import { nameProblem } from '@gatehouse/contracts/values';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { FactorEvents } from '../store/factor-events.ts';
import { type Removal, removeFactor } from '../store/lasting-factors.ts';
import type { Primary } from '../store/primary.ts';
import { refused } from './refusals.ts';
import type { RelyingParty } from './relying-party.ts';
import { deletePasskey, findHandle, type ListedPasskey, listPasskeys, renamePasskey } from './store.ts';

export interface PasskeysOptions {
  /** Of this region: for lists. */
  db: Queryable;
  primary: Primary;
  /** @throws AppError 403 `read_only_region` that names the writable region */
  requireWritable(): void;
  relyingParty: Pick<RelyingParty, 'state'>;
  events: FactorEvents;
}

const maxNameLength = 64;

/** Every method rejects while PostgreSQL is away; the error handlers answer 503. */
export function createPasskeys(options: PasskeysOptions) {
  const { db: copy, primary, requireWritable, relyingParty, events } = options;
  const bytesOf = (id: string) => Buffer.from(id, 'base64url');
  return {
    /** The oldest first. */
    list: async (person: PersonKey) =>
      (await primary.askOrCopy(copy, (db) => listPasskeys(db, person))).map(shown),
    /**
     * By this list the person's browser forgets and renames passkeys (WebAuthn level 3, section 5.1.10). The primary alone gives it, because a copy
     * that is late would have new passkeys forgotten. Undefined while it is away, and for somebody who never made one.
     */
    async accepted(person: PersonKey): Promise<AcceptedPasskeys | undefined> {
      const party = await relyingParty.state();
      if (!party.isOn) return undefined;
      const { rpId } = party;
      return primary.askOr(
        async (db) => {
          const handle = await findHandle(db, person);
          if (handle === undefined) return undefined;
          const ids = (await listPasskeys(db, person)).map(({ id }) => id.toString('base64url'));
          return { rpId, userId: handle.toString('base64url'), ids };
        },
        () => undefined,
      );
    },
    /** @throws AppError (403); (404) `passkey_unknown`, also for a passkey of another person; (503) */
    async rename(person: PersonKey, id: string, name: string): Promise<void> {
      requireWritable();
      const given = validName(name);
      if (!(await primary.ask((db) => renamePasskey(db, person, bytesOf(id), given))))
        throw refused('passkey_unknown');
    },
    /** @throws AppError (403); (404) `passkey_unknown`, also for a passkey of another person; (409); (503) */
    async remove(person: PersonKey, removal: Removal): Promise<void> {
      requireWritable();
      await primary.inTransaction((transaction) =>
        removeFactor(transaction, person, { factor: 'passkey', events, ...removal }, async () => {
          const name = await deletePasskey(transaction, person, bytesOf(removal.id));
          if (name === undefined) throw refused('passkey_unknown');
          return name;
        }),
      );
    },
  };
}

export interface AcceptedPasskeys {
  rpId: string;
  /** The user handle, base64url. */
  userId: string;
  ids: string[];
}

/** @throws AppError (400) with the field */
export function validName(name: string): string {
  const trimmed = name.trim();
  const isLong = trimmed.length > maxNameLength;
  const problem = isLong ? `is longer than ${maxNameLength} characters` : nameProblem(trimmed);
  if (trimmed === '') throw badRequest('name: must not be empty', { field: 'name' });
  if (problem !== undefined || !trimmed.isWellFormed())
    throw badRequest(`name: ${problem ?? 'must not hold half a Unicode character'}`, { field: 'name' });
  return trimmed;
}

function shown({ id, usedAt, ...passkey }: ListedPasskey) {
  return { ...passkey, id: id.toString('base64url'), usedAt: usedAt ?? undefined };
}
