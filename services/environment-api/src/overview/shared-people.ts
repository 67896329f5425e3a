/** Tells which contact centres have people in common, because somebody has not chosen whose they are. */
import type { Problem } from '@gatehouse/contracts/answers';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { listSharedPeople } from './store.ts';

/** A page is no list: those who mend the first ones see the next. */
const maxPairs = 20;

export async function sharedPeopleProblems(db: Queryable): Promise<Problem[]> {
  const pairs = await listSharedPeople(db, maxPairs);
  return pairs.map(({ environmentId, one, other }) => {
    const both = `The contact centres ${JSON.stringify(one.name)} (${one.id}) and ${JSON.stringify(other.name)} (${other.id}) share the environment ${environmentId}`;
    const everybody =
      one.isAll && other.isAll
        ? 'everybody belongs to both'
        : `everybody belongs to ${JSON.stringify((one.isAll ? one : other).name)}, also the people of the other`;
    return {
      severity: 'warning',
      runbook: 'contact-centres-share-their-people',
      subject: environmentId,
      message: `${both}, and ${everybody}.`,
    };
  });
}
