/** Names the rights of one contact centre. */

/** A person may have several in one contact centre. Each has its authority in a token of the console. */
export const contactCenterRights = {
  administrator: 'ROLE_CONTACT_CENTER_ADMIN',
  'help-desk': 'ROLE_CONTACT_CENTER_HELP_DESK',
  auditor: 'ROLE_CONTACT_CENTER_AUDITOR',
} as const;

export type ContactCenterRight = keyof typeof contactCenterRights;

export const contactCenterRightNames = Object.keys(contactCenterRights) as [
  ContactCenterRight,
  ...ContactCenterRight[],
];

/** In the order above, each once. */
export const contactCenterRightsIn = (given: readonly string[]): ContactCenterRight[] =>
  contactCenterRightNames.filter((name) => given.includes(name));

/** Those that the authorities of a token give. */
export const contactCenterRightsBy = (authorities: readonly string[]): ContactCenterRight[] =>
  contactCenterRightNames.filter((name) => authorities.includes(contactCenterRights[name]));
