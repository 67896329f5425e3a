/** Takes the factors of a person away: by an administrator who resets them, or with the person. */
import type { PersonKey } from '../../records/revocation/revocation.ts';
import { deleteContactCenter, deleteFactors, deletePerson } from '../store/forget.ts';
import { countHeld, type HeldFactors } from '../store/held.ts';
import { addHistory } from '../store/history.ts';
import { beginEpoch, lockFactors } from '../store/person-lock.ts';
import type { Primary } from '../store/primary.ts';

interface FactorEndsOptions {
  primary: Primary;
  /** @throws AppError 403 `read_only_region` that names the writable region */
  requireWritable(): void;
}

export function createFactorEnds({ primary, requireWritable }: FactorEndsOptions) {
  return {
    /**
     * Everything but the history; a set-up, an invitation and a remembered device that are under way end with it. Resolves to what the
     * person had. Sessions are for the caller to end. @throws AppError (403, 503)
     */
    async reset(person: PersonKey, { reason, by }: { reason: string; by: string }): Promise<HeldFactors> {
      requireWritable();
      return primary.inTransaction(async (transaction) => {
        await lockFactors(transaction, person);
        const held = await countHeld(transaction, person);
        await deleteFactors(transaction, person);
        await beginEpoch(transaction, person);
        await addHistory(transaction, person, { change: 'reset', factor: 'all', reason, by });
        return held;
      });
    },

    /** Of a person whose data is erased: the history too. */
    forgetPerson: (person: PersonKey): Promise<void> =>
      primary.inTransaction(async (transaction) => {
        await lockFactors(transaction, person);
        await deletePerson(transaction, person);
      }),

    /** Of a contact centre that was deleted: one that is made under its id has other people. */
    forgetContactCenter: (id: string): Promise<void> =>
      primary.inTransaction((transaction) => deleteContactCenter(transaction, id)),
  };
}
