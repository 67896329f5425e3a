/** Erases a person in both APIs: deletes the person, erases what Auth API knows, and ends what is kept of the deletion. */
import type { Erasure } from '@gatehouse/contracts/auth-administration';
import type { DeletedObject } from '@gatehouse/contracts/environment-administration';
import { orderErasure } from '../auth-api/help-desk.ts';
import { createDeletedAdministration } from '../environment-api/deleted.ts';
import { createPeopleAdministration } from '../environment-api/people.ts';
import type { HttpClient } from '../http/http-client.ts';
import { UpstreamError } from '../http/upstream-error.ts';

interface Apis {
  authApi: HttpClient;
  environmentApi: HttpClient;
}

export interface NamedPerson {
  user: string;
  /** Id or domain. */
  contactCenter: string;
  /** Tells apart people who have, or had, the name. */
  number?: number | undefined;
}

/** Everything that both APIs have of a person. */
export interface ErasurePlan extends Erasure {
  /** Kept since a deletion. */
  kept: readonly DeletedObject[];
}

/** Changes nothing. @throws UpstreamError */
export async function planErasure(apis: Apis, named: NamedPerson): Promise<ErasurePlan> {
  const found = await orderErasure(apis.authApi, { ...named, dryRun: true });
  const { kept } = await keptOf(apis, named, found);
  return { ...found, kept };
}

/**
 * Gives what there was. Each step may be repeated, and what is kept of the deletion goes last: after an interruption *Recently deleted*
 * still has the person, and the same call finishes. @throws UpstreamError
 */
export async function erasePerson(apis: Apis, named: NamedPerson): Promise<ErasurePlan> {
  const plan = await planErasure(apis, named);
  const { present } = plan;
  if (present?.id !== undefined)
    await createPeopleAdministration(apis.environmentApi, plan.contactCenterId).remove(present.id);
  const number = named.number ?? present?.number;
  // The row of a deletion of this moment is among them.
  const { kept, calls } = await keptOf(apis, { ...named, number }, plan);
  let events = 0;
  let copies = 0;
  let erasedAt: string | undefined;
  for (const one of number === undefined ? [...numbersOf(kept), undefined] : [number]) {
    const { user, contactCenter } = named;
    const erased = await orderErasure(apis.authApi, { user, contactCenter, number: one });
    events += erased.held.events;
    copies += erased.copies ?? 0;
    erasedAt = erased.erasedAt;
  }
  for (const { id } of kept) await calls.forget(id);
  return { ...plan, held: { ...plan.held, events }, copies, erasedAt, kept };
}

const numbersOf = (kept: readonly DeletedObject[]) =>
  new Set(kept.flatMap(({ number }) => (number === undefined ? [] : [number])));

/** Of all contact centres of the environment, or of those that the caller administers. */
async function keptOf(
  { environmentApi }: Apis,
  { user, number }: NamedPerson,
  { contactCenterId, environmentId, present }: Erasure,
) {
  const wanted = number ?? present?.number;
  const isThePerson = (one: DeletedObject) =>
    one.environmentId === environmentId &&
    (wanted === undefined ? sameName(one.name, user) : one.number === wanted);
  const listAt = async (place: string | undefined) => {
    const calls = createDeletedAdministration(environmentApi, place);
    const all = await calls.list({ kind: place === undefined ? 'person' : undefined, search: user });
    return { calls, kept: all.filter(isThePerson) };
  };
  try {
    return await listAt(undefined);
  } catch (error) {
    if (error instanceof UpstreamError && error.status === 403) return listAt(contactCenterId);
    throw error;
  }
}

const sameName = (one: string, other: string) => folded(one) === folded(other);
const folded = (name: string) => name.normalize('NFKC').toLowerCase();
