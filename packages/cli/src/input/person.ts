/** Reads the person that a command names. */
import type { PersonName } from '@gatehouse/contracts/auth-administration';
import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { contactCenterOf } from './named.ts';

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
