/** Reads the person that a command names. */
import { createAuditCalls, searchPeople } from '@gatehouse/api-client/auth-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { PersonName } from '@gatehouse/contracts/auth-administration';
import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { absentWith, clientOf, contactCenterOf } from './named.ts';
import { nameByPlace } from './shown-names.ts';

export interface PlaceOption {
  contactCenter?: string;
}

export function personArgument(command: Command): Command {
  return command
    .argument('<user>', 'user name, or sub')
    .option('--contact-center <name>', 'id, domain or name of the contact centre of a user name');
}

/** @throws Failure */
export async function personOf(session: Session, user: string, place?: string): Promise<PersonName> {
  return place === undefined ? { user } : { user, contactCenter: await contactCenterOf(session, place) };
}

/** As the security events know a person. */
interface SeenPerson {
  /** User name or `sub`. */
  user: string;
  /** The id of the contact centre that the text names. */
  home: string | undefined;
  /** Of those of this name who signed in. */
  subs: readonly string[];
  /** Says that nobody of the name signed in, or several did. */
  doubts: readonly string[];
}

/** `text`: as at a sign-in (`demo\\admin`), a user name of any contact centre, or a `sub`. @throws Failure, UpstreamError */
export async function seenPerson(session: Session, text: string): Promise<SeenPerson> {
  const [, place, name] = /^([^\\]+)\\(.+)$/.exec(text) ?? [];
  const home = place === undefined ? undefined : await contactCenterOf(session, place);
  const user = name ?? text;
  const people = await createAuditCalls(session.authApi).peopleCalled(user, home);
  const subs = people.map(({ sub }) => sub);
  if (subs.length === 0) {
    const doubt = absentWith(`Nobody called "${text}" has signed in`, await similar(session, user, home));
    return { user, home, subs, doubts: [doubt] };
  }
  const nameOf = await nameByPlace(session, people);
  const several = `${subs.length} people are called "${text}": ${subs.map((sub) => `${nameOf(sub)} (${sub})`).join(', ')}.`;
  return { user, home, subs, doubts: subs.length === 1 ? [] : [several] };
}

/** Finds who may have caused something: both trails know people by `sub`, clients by id, and the operator account by its name. @throws Failure, UpstreamError */
export async function causersOf(
  session: Session,
  text: string,
): Promise<{ actors: string; doubts: readonly string[] }> {
  const { home, subs, doubts } = await seenPerson(session, text);
  if (home !== undefined) return { actors: subs.join() || text, doubts };
  const client = await clientOf(session, text);
  const actors = [...new Set([text, ...subs, client.id])].join();
  if (subs.length > 0) return { actors, doubts };
  return { actors, doubts: client.doubts.length === 0 ? [] : [...doubts, ...client.doubts] };
}

/** The search takes a contact centre; without it, nothing is known that is like the name. */
async function similar({ authApi }: Session, search: string, contactCenter: string | undefined) {
  if (contactCenter === undefined) return [];
  try {
    const { data } = await searchPeople(authApi, { contactCenter, search });
    return data.people.map(({ userName }) => userName);
  } catch (error) {
    if (error instanceof UpstreamError) return [];
    throw error;
  }
}
