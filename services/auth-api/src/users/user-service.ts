/** What the rest of Auth API asks about users. */
import type { UserIdentity } from './identity.ts';

/** What the limiter and the audit trail need to know about every attempt. */
export interface AttemptOrigin {
  clientAddress: string;
  /** Value of the browser's binding cookie: tells a device that signed in before from a stranger's. */
  device?: string | undefined;
  clientId?: string | undefined;
  correlationId: string;
  signal?: AbortSignal | undefined;
}

export interface Login extends AttemptOrigin {
  /** May be `tenant\user`. */
  userName: string;
  tenant?: string | undefined;
  password: string;
  /** Contact centres whose users may sign in here; empty or absent means every one. */
  contactCenterIds?: readonly string[] | undefined;
}

export interface AuthenticatedLogin {
  identity: UserIdentity;
  /** A moment before the password was checked: a person disabled since then is cut off from what follows. */
  provedAtMs: number;
  passwordExpiresInDays?: number;
}

/** Who changes the password: a signed-in user, or somebody who names the account and knows its old password. */
export type PasswordOwner = { identity: UserIdentity } | { userName: string; tenant?: string | undefined };

export interface PasswordChange extends AttemptOrigin {
  owner: PasswordOwner;
  oldPassword: string;
  newPassword: string;
}

export interface ChangedPassword {
  identity: UserIdentity;
  /** Everything issued to the user up to this moment is cut off. */
  changedAtMs: number;
}

/** A person as an identity provider names them. */
export interface NamedPerson {
  contactCenterId: string;
  /** Which field of the person holds the name. */
  lookup: 'userName' | 'email' | 'externalId';
  name: string;
  /** The person must be in one of these access groups; empty: in none. */
  accessGroups: readonly string[];
}

export type Identification =
  | {
      outcome: 'found';
      identity: UserIdentity;
      /** A moment before the person was read: who is disabled since then is cut off from what follows. */
      provedAtMs: number;
    }
  | { outcome: 'unknown' | 'disabled' | 'ambiguous' | 'not_a_member' };

export interface Membership {
  contactCenterId: string;
  userName: string;
  accessGroups: readonly string[];
}

export interface UserService {
  /**
   * Checks the password on the Configuration Server of the user's environment, at most once. Every way of signing in
   * comes through here: one limiter, one audit trail.
   * @throws SignInError. Unknown tenant, unknown user and wrong password cannot be told apart.
   */
  authenticate(login: Login): Promise<AuthenticatedLogin>;
  /**
   * Changes the password and ends every session and token of the user.
   * @throws SignInError; `password_policy` carries one problem per broken rule.
   */
  changePassword(change: PasswordChange): Promise<ChangedPassword>;
  /** The one enabled person of that name. @throws SignInError `try_again` (503) */
  identify(named: NamedPerson): Promise<Identification>;
  /** Whether the person is in one of the access groups; the same work for a person who does not exist. @throws as identify */
  isMember(membership: Membership): Promise<boolean>;
  /**
   * Reads the person again. @throws AppError `user_gone` (403) when deleted, disabled or given a new password since they
   * proved who they are; SignInError `try_again` (503).
   */
  refresh(
    identity: Pick<UserIdentity, 'sub' | 'environmentId' | 'contactCenterId' | 'dbid'>,
    provedAtMs: number,
  ): Promise<UserIdentity>;
  close(): Promise<void>;
}
