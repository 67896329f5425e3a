/** Reads the person and the contact centre that a command names. */
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { PersonName } from '@gatehouse/contracts/auth-administration';
import type { Command } from 'commander';
import { UsageError } from '../failure/failure.ts';
import type { Session } from '../session.ts';

export interface PlaceOption {
  contactCenter?: string;
}

export function personArgument(command: Command): Command {
  return command
    .argument('<user>', 'user name, or sub')
    .option('--contact-center <name>', 'id, domain or name of the contact centre of a user name');
}

/** @throws UsageError */
export async function personOf(session: Session, user: string, place?: string): Promise<PersonName> {
  return place === undefined ? { user } : { user, contactCenter: await contactCenterOf(session, place) };
}

/** Auth API knows ids and domains; who gives a name finds its id at Environment API. @throws UsageError */
export async function contactCenterOf(session: Session, text: string): Promise<string> {
  if (/^[0-9a-f-]{36}$/i.test(text)) return text;
  const isSame = (name: string) => name.toLowerCase() === text.toLowerCase();
  const found = await createContactCenterAdministration(session.environmentApi)
    .list({ search: text })
    .catch((error) => {
      // It is an id or a domain, perhaps.
      if (error instanceof UpstreamError) return [];
      throw error;
    });
  const named = found.filter(({ name, domains }) => [name, ...domains].some(isSame)).map(({ id }) => id);
  if (named.length > 1)
    throw new UsageError(
      `${named.length} contact centres are called ${JSON.stringify(text)}: give the id of one, ${named.join(' or ')}`,
    );
  return named[0] ?? text;
}
