/** Tells which contact centres know the people of one environment by the same subjects: applications take one person for the other. */
import type { Problem } from '@gatehouse/contracts/answers';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';

interface Pair {
  environmentId: string;
  one: { id: string; name: string };
  other: { id: string; name: string };
}

/** As problems name a contact centre. */
export const nameOf = ({ id, name }: { id: string; name: string }) => `${JSON.stringify(name)} (${id})`;

/** A page is no list: those who mend the first ones see the next. */
const maxPairs = 20;

export async function sharedSubjectProblems(db: Queryable): Promise<Problem[]> {
  const { rows } = await db.query<Pair>({
    name: 'overview_shared_subjects',
    text: `SELECT one.environment_id AS "environmentId", json_build_object('id', one.id, 'name', one.name) AS one,
        json_build_object('id', other.id, 'name', other.name) AS other
      FROM environment.contact_centers one
      JOIN environment.contact_centers other ON other.environment_id = one.environment_id AND other.ordinal > one.ordinal
      WHERE one.subject_scope = 'environment' AND other.subject_scope = 'environment'
        AND one.status = 'active' AND other.status = 'active'
      ORDER BY one.ordinal, other.ordinal LIMIT ${maxPairs}`,
  });
  return rows.map(({ environmentId, one, other }) => ({
    severity: 'warning',
    runbook: 'contact-centres-share-their-subjects',
    subject: environmentId,
    ...wordsOf(
      say('problem.shares.subjects', { one: nameOf(one), other: nameOf(other), environment: environmentId }),
    ),
  }));
}
