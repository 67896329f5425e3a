/** Lists which higher rights a lower one, a key or a setting may reach, and why. Everything else fails the build. */
import type { Reached } from './search.ts';

interface AllowedClimb {
  from: string;
  to: readonly string[];
  because: string;
  /** Only by a way that is closed unless an installation is set up so. */
  isConditional?: true;
}

const directoryBecause = 'a directory says who its people are, at this contact centre';
const providerBecause = 'a provider says who its people are, at this contact centre';
const rightsOfContactCenter = ['contact-centre administrator', 'help desk', 'auditor', 'SCIM key'];
const followingRights = [
  'installation administrator',
  'managing client',
  'managing internal client',
  'internal client',
  'managing bound client',
  'bound client',
  'client',
];

export const allowed: readonly AllowedClimb[] = [
  {
    from: 'SCIM key',
    to: ['contact-centre administrator'],
    because: 'the operator has mapped groups of people stores by `scim:`',
    isConditional: true,
  },
  {
    from: 'internal client',
    to: ['installation administrator', 'managing client', 'managing internal client'],
    because:
      'a service of the installation writes passwords on the internal listener, which nothing else reaches',
  },
  { from: 'identity provider of a contact centre', to: ['user'], because: providerBecause },
  {
    from: 'identity provider of a contact centre',
    to: rightsOfContactCenter,
    because: providerBecause,
    isConditional: true,
  },
  { from: 'identity provider where administrators sign in', to: ['user'], because: providerBecause },
  {
    from: 'identity provider where administrators sign in',
    to: [...rightsOfContactCenter, ...followingRights],
    because: 'an entry of the list may name it',
    isConditional: true,
  },
  { from: 'directory of a contact centre', to: ['user'], because: directoryBecause },
  {
    from: 'directory of a contact centre',
    to: rightsOfContactCenter,
    because: directoryBecause,
    isConditional: true,
  },
  { from: 'directory where administrators sign in', to: ['user'], because: directoryBecause },
  {
    from: 'directory where administrators sign in',
    to: [...rightsOfContactCenter, ...followingRights],
    because: 'an entry of the list may name the password',
    isConditional: true,
  },
];

export function isConditional({ path }: Reached): boolean {
  return path.some(({ when }) => when !== undefined);
}

export function isAllowed(from: string, reached: Reached): boolean {
  return allowed.some(
    (climb) =>
      climb.from === from &&
      climb.to.includes(reached.to) &&
      (climb.isConditional === undefined || isConditional(reached)),
  );
}
