/** Defines the errors of a sign-in: a name for programs and a sentence for people. Neither tells which accounts exist. */
import type { InteractionError } from '@gatehouse/contracts/auth-api';
import { AppError, type AppErrorOptions } from '@gatehouse/service-kit/errors';

export type SignInFailure = InteractionError;

/** Of a right password that must be changed. */
export type PasswordIsOver = Extract<SignInFailure, 'password_change_required' | 'password_expired'>;

const answers: Record<SignInFailure, { status: number; message: string }> = {
  bad_credentials: { status: 401, message: 'The user name or the password is not right' },
  credentials_required: { status: 400, message: 'A user name and a password are needed' },
  tenant_required: { status: 400, message: 'The tenant is needed' },
  password_change_required: { status: 403, message: 'The password must be changed before signing in' },
  password_expired: { status: 403, message: 'The password has expired and must be changed' },
  account_locked: { status: 403, message: 'The account is locked' },
  account_expired: { status: 403, message: 'The account has expired' },
  too_many_sessions: { status: 403, message: 'The account has too many sessions already' },
  password_policy: { status: 400, message: 'The new password breaks the password rules' },
  passwords_differ: { status: 400, message: 'The two new passwords differ' },
  password_change_unavailable: {
    status: 503,
    message: 'Passwords cannot be changed right now; the password is still the old one',
  },
  throttled: { status: 429, message: 'Too many attempts; try again later' },
  form_expired: { status: 403, message: 'The sign-in form is no longer valid; send it again' },
  sso_required: { status: 403, message: 'This contact centre signs in through its identity provider' },
  sso_unavailable: { status: 503, message: 'The identity provider cannot be used right now' },
  sso_refused: { status: 403, message: 'The identity provider refused the sign-in' },
  sso_failed: { status: 403, message: 'The answer of the identity provider could not be accepted' },
  sso_clock: { status: 403, message: 'The answer of the identity provider came at the wrong time' },
  sso_not_fresh: { status: 403, message: 'The identity provider did not ask for the sign-in again' },
  sso_no_account: { status: 403, message: 'The identity provider knows you, but you may not sign in here' },
  second_factor_required: {
    status: 403,
    message:
      'This contact centre requires more than a password: sign in at the login page and give the second factor there',
  },
  passkey_refused: {
    status: 403,
    message: 'This passkey was not accepted; sign in by another way, or ask your administrator',
  },
  passkey_unknown: {
    status: 403,
    message: 'This passkey is not known here; choose another one, or sign in by another way',
  },
  try_again: { status: 503, message: 'Signing in is not possible right now; try again' },
};

export class SignInError extends AppError {
  readonly failure: SignInFailure;

  /** `status` replaces the usual status where the contract of an endpoint demands another. */
  constructor(failure: SignInFailure, { status, ...options }: AppErrorOptions & { status?: number } = {}) {
    const answer = answers[failure];
    super(failure, status ?? answer.status, answer.message, options);
    this.failure = failure;
  }
}
