/** Defines what the suite needs of a directory of people, and says which cases a directory cannot have, with the reason. */

export interface NewPerson {
  userName: string;
  /** Empty: none. */
  password: string;
  firstName: string;
  lastName: string;
  email: string;
  employeeId: string;
  externalId: string;
  /** Names of groups; a group begins with its first member. */
  groups: readonly string[];
}

/** A contact centre whose people are in one directory, and what its administrators do there. */
export interface Source {
  contactCenterId: string;
  /** Of the contact centre. */
  domain: string;
  /** Within this time after a change at the directory everything that the person held ends. */
  endsWithinMs: number;
  /** For each rule about passwords: a new password that breaks it. */
  brokenRules: Readonly<Record<string, (person: NewPerson) => string>>;
  add(person: NewPerson): Promise<void>;
  rename(userName: string, newName: string): Promise<void>;
  disable(userName: string): Promise<void>;
  enable(userName: string): Promise<void>;
  leaveGroup(userName: string, group: string): Promise<void>;
  remove(userName: string): Promise<void>;
  setPassword(userName: string, password: string): Promise<void>;
  demandNewPassword(userName: string): Promise<void>;
  expirePassword(userName: string): Promise<void>;
  /** As after too many wrong passwords. */
  lock(userName: string): Promise<void>;
  /** Auth API has seen everybody as they are now, where it has to look. */
  untilSeen(): Promise<void>;
  /** Nothing of the directory answers any more. */
  cut(): void;
  heal(): void;
  close(): Promise<void>;
}

export const titles = {
  configServer: 'Configuration Server',
  openLdap: 'OpenLDAP server',
  server389: '389 Directory Server',
  people: 'people store',
};

export type Directory = keyof typeof titles;

/** By directory and name of the case. docs/contributing/testing.md prints this table. */
export const missing: Record<Directory, Readonly<Record<string, string>>> = {
  configServer: {},
  openLdap: {},
  server389: {},
  people: {
    'a password that must be changed lets nobody in before it is':
      'an administrator issues a link for a new password instead',
    'an expired password is told, and can be changed':
      'its passwords do not expire (NIST SP 800-63B section 5.1.1.2)',
    'a password that is over is changed after the factor, where one is needed':
      'no password of it is over, and a new one by a link leaves the factors alone',
    'an account that the directory has locked is told':
      'it locks nobody; the limits of Auth API stop guesses',
  },
};

export function notHere(directory: string, what: string): () => Promise<never> {
  return async () => {
    throw new Error(`${directory}: ${what}`);
  };
}
