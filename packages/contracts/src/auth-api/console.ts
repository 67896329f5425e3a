/** Names what the operator console and the services agree on: its client and the rights of the people who sign in to it. */
import { contactCenterRights } from '../values/contact-center-rights.ts';

/** The client of the operator console and of the account area. It comes from configuration; no stored client has this id. */
export const consoleClientId = 'gatehouse-console';

/** A person who administers the contact centre that authenticated them: by a mapping of groups or roles, or by its list. */
export const contactCenterAdminAuthority = contactCenterRights.administrator;

/** By this grant the operator account signs in to the console, with a link. No client may be registered for it. */
export const consoleLinkGrantType = 'urn:gatehouse:params:oauth:grant-type:console-link';

/** The grants by which a person signs in. */
export const loginGrantTypes: readonly string[] = [
  'authorization_code',
  'implicit',
  'password',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:openid:params:grant-type:ciba',
];

/** Where the console and the account area are, below the public URL. */
export const consolePath = '/auth/console';
export const accountPath = '/auth/account';

/** The scope of the console: the person, the person's own sessions, and the profile. */
export const consoleScope = ['openid', 'profile', 'email', 'sessions'] as const;
