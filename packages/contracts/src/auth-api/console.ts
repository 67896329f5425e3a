/** Names what the operator console and the services agree on: its client and the rights of the people who sign in to it. */

/** The client of the operator console and of the account area. It comes from configuration; no stored client has this id. */
export const consoleClientId = 'gatehouse-console';

/** A person of a directory who administers the contact centre that authenticated them: by a mapping of groups or roles. */
export const contactCenterAdminAuthority = 'ROLE_CONTACT_CENTER_ADMIN';

/** A person on the list of installation administrators. Added when a token of the console is looked at, and stored in none. */
export const installationAdminAuthority = 'ROLE_INSTALLATION_ADMIN';
