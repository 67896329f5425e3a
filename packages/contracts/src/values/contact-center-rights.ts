/** Names the rights of one contact centre. */

/** The rights of a person in one contact centre, the highest first, each with its authority in a token of the console. */
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
