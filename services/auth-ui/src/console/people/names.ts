/** Names a person in addresses and forms of the console: by user name and contact centre, or by `sub` alone. */
import type { PersonName, PersonProfile } from '@gatehouse/contracts/auth-administration';
import { consolePath } from '@gatehouse/contracts/auth-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { z } from 'zod';

export const peoplePath = `${consolePath}/people`;

export const nameFields = z.object({
  user: z.string().min(1).max(512),
  contactCenter: z
    .string()
    .max(512)
    .optional()
    .transform((name) => name || undefined),
});

/** The contact centre whose people store a page is about. */
export const centerField = { contactCenter: z.string().min(1).max(512) };

export type Steps =
  | 'person'
  | 'explanation'
  | 'unlock'
  | 'change'
  | 'delete'
  | 'disable'
  | 'enable'
  | 'erase'
  | 'password-link'
  | 'links'
  | 'link'
  | 'unlink'
  | 'factors'
  | 'reset-factors'
  | 'invite'
  | 'forget-browsers'
  | 'end-session'
  | 'end-sessions';

export function nameOf({ contactCenterId, person }: PersonProfile): PersonName {
  return { user: person.userName, contactCenter: contactCenterId };
}

/** A page about a person. User names may hold what a path cannot. */
export function addressOf(step: Steps, named: PersonName, more: Record<string, string> = {}): string {
  return `${peoplePath}/${step}?${new URLSearchParams({ ...definedOnly(named), ...more })}`;
}

/** The audit of a person of the people store. */
export const auditAddress = (contactCenter: string, id: string): string =>
  `${peoplePath}/audit/${encodeURIComponent(contactCenter)}/${encodeURIComponent(id)}`;

/** As filters of the audit take it. A refusal names no `sub` where the person was not found out. */
export const loginOf = (contactCenterId: string, userName: string): string =>
  `${contactCenterId}\\${userName}`;

/** A page about the people of a contact centre: their list without `page`. */
export function centerAddress(contactCenter: string, page = ''): string {
  return `${peoplePath}${page}?${new URLSearchParams({ contactCenter })}`;
}
