/** Says what the values of a client mean: grants, lifetimes, kinds. */
import type { ClientView } from '@gatehouse/contracts/auth-administration';
import { isTextKey, type TextKey } from '../../texts/texts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

type Texts = Pick<ConsoleVisit, 'text'>;

/** The last part of a URN, the rest as it is. */
export const shortGrant = (grantType: string) => grantType.slice(grantType.lastIndexOf(':') + 1);

/** A grant that a newer server has is shown by its name. */
export function grantText({ text }: Texts, grantType: string): string {
  const key = `console.clients.grant.${shortGrant(grantType)}`;
  return isTextKey(key) ? text(key) : grantType;
}

const units = [
  ['days', 86_400],
  ['hours', 3600],
  ['minutes', 60],
  ['seconds', 1],
] as const;

/** In the largest unit that needs no fraction. */
export function durationText({ text }: Texts, seconds: number): string {
  const [unit, size] = units.find(([, length]) => seconds % length === 0) ?? (['seconds', 1] as const);
  return text(`console.clients.${unit}`, { count: seconds / size });
}

export const typeKeys: Readonly<Record<string, TextKey>> = {
  CONFIDENTIAL: 'console.clients.type.confidential',
  PUBLIC: 'console.clients.type.public',
};

export const typeText = ({ text }: Texts, { clientType }: Pick<ClientView, 'clientType'>): string =>
  text(clientType === 'PUBLIC' ? 'console.clients.type.public' : 'console.clients.type.confidential');

/** The grant by which a client last got tokens. */
export function lastGrantText(visit: Texts, { lastGrants = [] }: Pick<ClientView, 'lastGrants'>) {
  const [last] = lastGrants;
  return last && visit.text('console.clients.by', { grant: grantText(visit, last.grant_type) });
}

export const maxShown = 20;

/** The first ones, then how many there are more. */
export function firstOf({ text }: Texts, values: readonly string[]): string[] {
  const rest = values.length - maxShown;
  return rest > 0
    ? [...values.slice(0, maxShown), text('console.clients.more', { count: rest })]
    : [...values];
}
