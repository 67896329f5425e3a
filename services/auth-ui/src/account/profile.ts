/** Builds the first page of the account area: who the person is here, and what else there is to do. */
import type { SessionList } from '@gatehouse/contracts/auth-api';
import type { AccountPage } from '../pages/views.ts';
import type { Visit } from '../pages/visit.ts';
import { surroundingsOf } from './tabs.ts';

export function profilePage(
  visit: Visit,
  { username, name, contactCenter }: SessionList['user'],
  email: string | undefined,
): AccountPage {
  const { text } = visit;
  const facts = [
    { label: text('field.userName'), value: username },
    { label: text('account.email'), value: email },
    { label: text('account.contactCenter'), value: contactCenter },
  ];
  return {
    ...surroundingsOf(visit, 'profile'),
    title: text('account.title'),
    personName: name ?? username,
    facts: facts.flatMap(({ label, value }) => (value === undefined ? [] : [{ label, value }])),
  };
}
