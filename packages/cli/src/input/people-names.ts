/** Names people whom answers know by their `sub`, as they sign in: `demo\\admin`. */
import { createAuditCalls } from '@gatehouse/api-client/auth-api';
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { NamedPerson } from '@gatehouse/contracts/auth-api';
import type { Session } from '../session.ts';

/** The API names so many at once. */
const maxNamed = 100;

export type NameOf = (sub: string) => string;

/** Those who never signed in, and everybody where the caller may not read the names, stand by their `sub`. */
export async function namesOfPeople(session: Session, subs: readonly string[]): Promise<NameOf> {
  const asked = [...new Set(subs)].slice(0, maxNamed).join();
  if (session.output.isJson || asked === '') return (sub) => sub;
  const answer = await createAuditCalls(session.authApi).find({ subs: asked, limit: '1' }).catch(orNobody);
  return nameByPlace(session, answer.people);
}

export async function nameByPlace(
  { environmentApi }: Session,
  people: readonly NamedPerson[],
): Promise<NameOf> {
  const { read } = createContactCenterAdministration(environmentApi);
  const places = [...new Set(people.map(({ contactCenterId }) => contactCenterId))];
  const asked = places.map(async (id) => [id, (await read(id)).domains[0]] as const);
  const known = (await Promise.allSettled(asked)).flatMap((one) =>
    one.status === 'fulfilled' ? [one.value] : [],
  );
  const domains = new Map(known);
  const names = new Map(
    people.map(({ sub, userName, contactCenterId }) => {
      const domain = domains.get(contactCenterId);
      return [sub, domain === undefined ? userName : `${domain}\\${userName}`];
    }),
  );
  return (sub) => names.get(sub) ?? sub;
}

function orNobody(error: unknown): { people: NamedPerson[] } {
  if (error instanceof UpstreamError) return { people: [] };
  throw error;
}
