/** Whether a password may be used at all: a contact centre may sign its people in through an identity provider instead. */
import { SignInError } from './sign-in-error.ts';

export type PasswordUse =
  | { allows: 'yes' }
  /** `isPublic`: the answer is the same for every name, so it may be told. */
  | { allows: 'no'; isPublic: boolean }
  /** Members of these access groups sign in through the identity provider; known only once the person is. */
  | { allows: 'unless-member'; accessGroups: string[] };

/** Rejects when nobody can tell. */
export type PasswordRule = (contactCenterId: string, userName: string) => Promise<PasswordUse>;

/** The rule's answer. @throws SignInError `try_again` rather than letting a password through that should not count */
export async function askPasswordRule(
  rule: PasswordRule,
  contactCenterId: string,
  userName: string,
): Promise<PasswordUse> {
  try {
    return await rule(contactCenterId, userName);
  } catch (cause) {
    throw new SignInError('try_again', {
      detail:
        'Environment API cannot tell whether this contact centre takes passwords, and no usable copy is left',
      retryAfterSeconds: 2,
      cause,
    });
  }
}

/** For the log: the page says only what may be told. */
export const passwordNotUsedHere = 'the contact centre signs this person in through its identity provider';
