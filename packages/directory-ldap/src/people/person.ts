/** Builds the person of the object model from an entry and its number. */

import { definedOnly } from '@gatehouse/contracts/values';
import { CfgObjectState, type CfgPerson, environmentTenantDbid, toFlag } from '@gatehouse/people-directory';
import type { DirectorySettings } from '../settings.ts';
import { type AccountState, accountStateOf, mayEnter, stateAttributes } from './account-state.ts';
import { type Entry, idOf, textOf } from './entry.ts';

export type PersonSettings = Pick<DirectorySettings, 'type' | 'attributes'>;

/** An entry that can be a person: it has an id and a user name. */
export interface DirectoryPerson {
  dn: string;
  id: string;
  /** The first one. */
  userName: string;
  /** Another one, by which somebody asked for the person. */
  otherUserName?: string;
  state: AccountState;
  entry: Entry;
}

/** The attributes that are read of every person. Nothing else of the entry is asked for. */
export function personAttributes(settings: PersonSettings): string[] {
  const { firstName, lastName, email, employeeId, externalId } = settings.attributes;
  const names = [...lookAttributes(settings), firstName, lastName, email, employeeId, externalId];
  return [...new Set(names.filter((name) => name !== ''))];
}

/** The attributes that mark an entry as a person who may sign in. */
export function lookAttributes({ type, attributes: { id, userName } }: PersonSettings): string[] {
  return [...new Set([id, userName, ...stateAttributes(type)])];
}

export function readPerson(
  entry: Entry,
  { type, attributes }: PersonSettings,
  nowMs: number,
): DirectoryPerson | undefined {
  const id = idOf(entry, attributes.id);
  const userName = textOf(entry, attributes.userName);
  if (id === undefined || userName === undefined || entry.dn === '') return undefined;
  return { dn: entry.dn, id, userName, state: accountStateOf(entry, type, nowMs), entry };
}

export function cfgPersonOf(
  { dn, userName, otherUserName, state, entry }: DirectoryPerson,
  dbid: number,
  { attributes }: PersonSettings,
): CfgPerson {
  const text = (name: string) => textOf(entry, name);
  return definedOnly({
    DBID: dbid,
    tenantDBID: environmentTenantDbid,
    userName,
    otherUserName,
    dn,
    firstName: text(attributes.firstName),
    lastName: text(attributes.lastName),
    emailAddress: text(attributes.email),
    employeeID: text(attributes.employeeId),
    externalID: text(attributes.externalId),
    isAgent: 0,
    state: mayEnter(state) ? CfgObjectState.enabled : CfgObjectState.disabled,
    changePasswordOnNextLogin: toFlag(state.mustChangePassword),
    PasswordUpdatingDate: state.passwordChangedAt,
  });
}
