/** Finds the contact centre, the environment or the client that a command names by its name or its id. */
import { createClientAdministration } from '@gatehouse/api-client/auth-api';
import {
  createContactCenterAdministration,
  createEnvironmentAdministration,
} from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import { definedOnly } from '@gatehouse/contracts/values';
import { exitCodes, Failure, UsageError } from '../failure/failure.ts';
import type { Session } from '../session.ts';

interface Named {
  id: string;
  names: readonly string[];
}

/** Auth API knows ids and domains; who gives a name finds its id at Environment API. @throws Failure where nothing or several have the name */
export async function contactCenterOf({ environmentApi }: Session, text: string): Promise<string> {
  if (isId(text)) return text;
  const found = await orUnasked(createContactCenterAdministration(environmentApi).list({ search: text }));
  const named = found?.map(({ id, name, domains }) => ({ id, names: [name, ...domains] }));
  return theOne('contact centre', named, text) ?? text;
}

/** @throws Failure where nothing or several have the name */
export async function environmentOf({ environmentApi }: Session, text: string): Promise<string> {
  if (isId(text)) return text;
  const found = await orUnasked(createEnvironmentAdministration(environmentApi).list({ search: text }));
  const named = found?.map(({ id, name = id }) => ({ id, names: [name] }));
  return theOne('environment', named, text) ?? text;
}

/** Events outlive the client that they are about: where no client is called so, `doubts` says it, and the text is taken as an id. @throws UsageError where several have the name */
export async function clientOf(
  { authApi }: Session,
  text: string,
): Promise<{ id: string; doubts: readonly string[] }> {
  const found = await orUnasked(createClientAdministration(authApi).meantBy(text));
  const named = found?.map(({ client_id: id, name }) => ({ id, names: [name, id] })) ?? [];
  const id = single('client', named, text);
  const isUnknown = id === undefined && found !== undefined;
  return { id: id ?? text, doubts: isUnknown ? [absent('client', named, text)] : [] };
}

/** The body of a contact centre, with the id of the environment that it names. @throws Failure */
export async function inEnvironment<Body extends { environmentId?: string }>(
  session: Session,
  body: Body,
): Promise<Body> {
  const { environmentId: named } = body;
  const environmentId = named === undefined ? undefined : await environmentOf(session, named);
  return { ...body, ...definedOnly({ environmentId }) };
}

/** Undefined: the service does not answer this caller. The text is an id or a domain then, perhaps; the call that follows tells what is wrong. */
async function orUnasked<T>(question: Promise<T>): Promise<T | undefined> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof UpstreamError) return undefined;
    throw error;
  }
}

const isId = (text: string) => /^[0-9a-f-]{36}$/i.test(text);

function theOne(kind: string, found: readonly Named[] | undefined, text: string): string | undefined {
  if (found === undefined) return undefined;
  const id = single(kind, found, text);
  if (id === undefined) throw new Failure(exitCodes.notFound, absent(kind, found, text));
  return id;
}

/** Undefined: none is called so. */
function single(kind: string, found: readonly Named[], text: string): string | undefined {
  const isSame = (name: string) => name.toLowerCase() === text.toLowerCase();
  const ids = found.filter(({ names }) => names.some(isSame)).map(({ id }) => id);
  if (ids.length > 1)
    throw new UsageError(
      `${ids.length} ${kind}s are called "${text}": give the id of one, ${ids.join(' or ')}`,
    );
  return ids[0];
}

const maxSimilar = 10;

function absent(kind: string, found: readonly Named[], text: string): string {
  return absentWith(
    `No ${kind} is called "${text}"`,
    found.flatMap(({ names }) => names.slice(0, 1)),
  );
}

/** Says that a text names nothing, and which names a search for it finds. */
export function absentWith(sentence: string, similar: readonly string[]): string {
  if (similar.length === 0) return `${sentence}.`;
  const names = similar.slice(0, maxSimilar).map((name) => `"${name}"`);
  return `${sentence}. A search finds ${names.join(', ')}${similar.length > maxSimilar ? ' and others' : ''}.`;
}
