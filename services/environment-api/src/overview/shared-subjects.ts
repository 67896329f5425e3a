/** Tells which contact centres know the people of one environment by the same subjects: applications take one person for the other. */
import type { Problem } from '@gatehouse/contracts/answers';
import type { Queryable } from '@gatehouse/service-kit/postgres';

interface Pair {
  environmentId: string;
  one: { id: string; name: string };
  other: { id: string; name: string };
}

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
    message: `The contact centres ${JSON.stringify(one.name)} (${one.id}) and ${JSON.stringify(other.name)} (${other.id}) know the people of the environment ${environmentId} by the same subjects.`,
  }));
}
