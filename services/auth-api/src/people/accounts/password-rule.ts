/** Opens the environment that verifies a password, unless the contact centre signs its people in through an identity provider. */
import type { CallOptions } from '@gatehouse/people-directory';
import type { EnvironmentLink, EnvironmentLinks } from '../directories/environment-links.ts';
import { SignInError } from '../directories/sign-in-error.ts';
import type { Account } from './account.ts';
import type { DummyVerification } from './dummy-verification.ts';

export type PasswordUse =
  | { allows: 'yes' }
  /** `isPublic`: the answer is the same for every name, so the caller may learn it. */
  | { allows: 'no'; isPublic: boolean }
  /** Members of these access groups sign in through the identity provider. */
  | { allows: 'unless-member'; accessGroups: string[] };

/** Tells whether a password may be used. Rejects when the settings cannot be read. */
export type PasswordRule = (contactCenterId: string, userName: string) => Promise<PasswordUse>;

export interface PasswordAccessOptions {
  links: Pick<EnvironmentLinks, 'open'>;
  passwordRule: PasswordRule;
  dummyVerification: DummyVerification;
}

export interface PasswordAccess {
  link: EnvironmentLink;
  /** Members of these groups must use single sign-on. The list is empty where one rule holds for everybody. */
  ssoOnlyGroups: readonly string[];
}

/** Text for logs and audit only. */
export const passwordNotUsedHere = 'the contact centre signs this person in through its identity provider';

const maxUserNameLength = 255;
/** The protocol of the Configuration Server carries no longer password. */
export const maxPasswordBytes = 1024;

export type OpenPasswordAccess = ReturnType<typeof createPasswordAccess>;

/** A refusal takes as long as a wrong password, where it would tell which accounts exist. */
export function createPasswordAccess({ links, passwordRule, dummyVerification }: PasswordAccessOptions) {
  /** @throws SignInError `try_again`: without settings no password is accepted */
  const askRule = async (contactCenterId: string, userName: string): Promise<PasswordUse> => {
    try {
      return await passwordRule(contactCenterId, userName);
    } catch (cause) {
      throw new SignInError('try_again', {
        detail:
          'Environment API cannot tell whether this contact centre takes passwords, and no usable copy is left',
        retryAfterSeconds: 2,
        cause,
      });
    }
  };

  /** @throws SignInError `bad_credentials`, `sso_required` or `try_again` */
  return async (
    { contactCenter, userName }: Account,
    password: string,
    options: CallOptions,
  ): Promise<PasswordAccess> => {
    if (contactCenter === undefined || !canExist(userName, password)) {
      await dummyVerification(options);
      const detail = contactCenter ? 'nobody has such a name or password' : 'there is no such contact centre';
      throw new SignInError('bad_credentials', { detail });
    }
    const use = await askRule(contactCenter.id, userName);
    if (use.allows === 'no') {
      await dummyVerification(options);
      throw new SignInError(use.isPublic ? 'sso_required' : 'bad_credentials', {
        detail: passwordNotUsedHere,
      });
    }
    return {
      link: await links.open(contactCenter, options.signal),
      ssoOnlyGroups: use.allows === 'unless-member' ? use.accessGroups : [],
    };
  };
}

function canExist(userName: string, password: string): boolean {
  return userName.length <= maxUserNameLength && Buffer.byteLength(password) <= maxPasswordBytes;
}
