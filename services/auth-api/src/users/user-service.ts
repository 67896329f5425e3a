/** What the rest of Auth API asks about users. */
import type { UserIdentity } from './identity.ts';

export interface Login {
  /** May be `tenant\user`. */
  userName: string;
  tenant?: string | undefined;
  password: string;
  clientAddress: string;
  /** Value of the browser's binding cookie, if there is one: tells a device that signed in before from a stranger's. */
  device?: string | undefined;
  clientId?: string | undefined;
  /** Contact centres whose users may sign in here; empty or absent means every one. */
  contactCenterIds?: readonly string[] | undefined;
  correlationId: string;
  signal?: AbortSignal | undefined;
}

export interface AuthenticatedLogin {
  identity: UserIdentity;
  passwordExpiresInDays?: number;
}

export interface PasswordChange {
  userName: string;
  tenant?: string | undefined;
  oldPassword: string;
  newPassword: string;
  clientAddress: string;
  device?: string | undefined;
  correlationId: string;
  signal?: AbortSignal | undefined;
}

export interface UserService {
  /**
   * Checks the password on the Configuration Server of the user's environment, at most once. Every way of signing in
   * comes through here: one limiter, one audit trail.
   * @throws SignInError. Unknown tenant, unknown user and wrong password cannot be told apart.
   */
  authenticate(login: Login): Promise<AuthenticatedLogin>;
  /** @throws SignInError, or AppError `password_policy` (400) with the broken rules as problems. */
  changePassword(change: PasswordChange): Promise<UserIdentity>;
  /** Reads the person again. @throws AppError `user_gone` (403) when deleted or disabled, 503 when nobody can tell. */
  refresh(
    identity: Pick<UserIdentity, 'sub' | 'environmentId' | 'contactCenterId' | 'dbid'>,
  ): Promise<UserIdentity>;
  close(): Promise<void>;
}
