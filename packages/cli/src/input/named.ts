/** Finds the contact centre or the environment that a command names by its name or its id. */
import {
  createContactCenterAdministration,
  createEnvironmentAdministration,
} from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import { definedOnly } from '@gatehouse/contracts/values';
import { UsageError } from '../failure/failure.ts';
import type { Session } from '../session.ts';

interface Named {
  id: string;
  names: readonly string[];
}

/** Auth API knows ids and domains; who gives a name finds its id at Environment API. @throws UsageError */
export async function contactCenterOf(session: Session, text: string): Promise<string> {
  if (isId(text)) return text;
  const found = await createContactCenterAdministration(session.environmentApi)
    .list({ search: text })
    .catch(orNone);
  const named = found.map(({ id, name, domains }) => ({ id, names: [name, ...domains] }));
  return only('contact centres', named, text) ?? text;
}

/** @throws UsageError */
export async function environmentOf({ environmentApi }: Session, text: string): Promise<string> {
  if (isId(text)) return text;
  const found = await createEnvironmentAdministration(environmentApi).list({ search: text }).catch(orNone);
  const named = found.map(({ id, name = id }) => ({ id, names: [name] }));
  return only('environments', named, text) ?? text;
}

/** The body of a contact centre, with the id of the environment that it names. @throws UsageError */
export async function inEnvironment<Body extends { environmentId?: string }>(
  session: Session,
  body: Body,
): Promise<Body> {
  const { environmentId: named } = body;
  const environmentId = named === undefined ? undefined : await environmentOf(session, named);
  return { ...body, ...definedOnly({ environmentId }) };
}

/** It is an id or a domain, perhaps; the call that follows tells what is wrong. */
function orNone(error: unknown): [] {
  if (error instanceof UpstreamError) return [];
  throw error;
}

const isId = (text: string) => /^[0-9a-f-]{36}$/i.test(text);

function only(kind: string, found: readonly Named[], text: string): string | undefined {
  const isSame = (name: string) => name.toLowerCase() === text.toLowerCase();
  const ids = found.filter(({ names }) => names.some(isSame)).map(({ id }) => id);
  if (ids.length > 1)
    throw new UsageError(
      `${ids.length} ${kind} are called ${JSON.stringify(text)}: give the id of one, ${ids.join(' or ')}`,
    );
  return ids[0];
}
