/** Tells which contact centres have people in common, because somebody has not chosen whose they are. */
import type { Problem } from '@gatehouse/contracts/answers';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';
import { namesOf } from './shared-subjects.ts';
import { listSharedPeople } from './store.ts';

/** A page is no list: those who mend the first ones see the next. */
const maxPairs = 20;

export async function sharedPeopleProblems(db: Queryable): Promise<Problem[]> {
  const pairs = await listSharedPeople(db, maxPairs);
  return pairs.map((pair) => {
    const { environmentId, one, other } = pair;
    const named = namesOf(pair);
    const said =
      one.isAll && other.isAll
        ? say('problem.shares.all', named)
        : say('problem.shares.some', { ...named, all: JSON.stringify((one.isAll ? one : other).name) });
    return {
      severity: 'warning',
      runbook: 'contact-centres-share-their-people',
      subject: environmentId,
      subjectName: pair.environment,
      ...wordsOf(said),
    };
  });
}
