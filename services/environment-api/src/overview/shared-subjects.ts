/** Tells which contact centres know the people of one environment by the same subjects: applications take one person for the other. */
import type { Problem } from '@gatehouse/contracts/answers';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';

interface Named {
  id: string;
  name: string;
}

interface Pair {
  environmentId: string;
  environment: string;
  one: Named;
  other: Named;
}

/** As problems name them: two contact centres may have one name. */
export function namesOf({ environment, one, other }: Omit<Pair, 'environmentId'>) {
  const nameOf = ({ id, name }: Named) =>
    one.name === other.name ? `${JSON.stringify(name)} (${id})` : JSON.stringify(name);
  return { one: nameOf(one), other: nameOf(other), environment: JSON.stringify(environment) };
}

/** A page is no list: those who mend the first ones see the next. */
const maxPairs = 20;

export async function sharedSubjectProblems(db: Queryable): Promise<Problem[]> {
  const { rows } = await db.query<Pair>({
    name: 'overview_shared_subjects',
    text: `SELECT one.environment_id AS "environmentId", coalesce(n.name, one.environment_id::text) AS environment,
        json_build_object('id', one.id, 'name', one.name) AS one,
        json_build_object('id', other.id, 'name', other.name) AS other
      FROM environment.contact_centers one
      JOIN environment.contact_centers other ON other.environment_id = one.environment_id AND other.ordinal > one.ordinal
      LEFT JOIN environment.environment_names n ON n.environment_id = one.environment_id
      WHERE one.subject_scope = 'environment' AND other.subject_scope = 'environment'
        AND one.status = 'active' AND other.status = 'active'
      ORDER BY one.ordinal, other.ordinal LIMIT ${maxPairs}`,
  });
  return rows.map((pair) => ({
    severity: 'warning',
    runbook: 'contact-centres-share-their-subjects',
    subject: pair.environmentId,
    subjectName: pair.environment,
    ...wordsOf(say('problem.shares.subjects', namesOf(pair))),
  }));
}
