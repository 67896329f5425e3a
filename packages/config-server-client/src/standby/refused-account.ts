/** A service account that is refused: few tries, far apart, since repeating a wrong password would lock it. */
import type { StandbyOptions } from '../client-options.ts';
import type { ConfigServerErrorCode } from '../errors.ts';

const refusals: ReadonlySet<ConfigServerErrorCode> = new Set<ConfigServerErrorCode>([
  'AuthenticationFailed',
  'AccountLocked',
  'AccountExpired',
  'PasswordExpired',
  'ChangePasswordRequired',
  // The server demanded a new password and does not take the one that was configured.
  'PasswordPolicyViolation',
  'AccessDenied',
]);

/** Whether every server would refuse the account in the same way: they share the accounts. */
export function refusesAccount(code: ConfigServerErrorCode): boolean {
  return refusals.has(code);
}

export class RefusedAccount {
  readonly #options: Pick<StandbyOptions, 'credentialsTries' | 'credentialsPauseMs'>;
  #tries = 0;

  constructor(options: Pick<StandbyOptions, 'credentialsTries' | 'credentialsPauseMs'>) {
    this.#options = options;
  }

  /** Whether the last try ended with a refusal. */
  get isRefused(): boolean {
    return this.#tries > 0;
  }

  /** Pause before the next try; infinite after the last one, until somebody says that the account was corrected. */
  pauseAfterRefusalMs(): number {
    this.#tries += 1;
    const { credentialsTries, credentialsPauseMs } = this.#options;
    return this.#tries >= credentialsTries ? Number.POSITIVE_INFINITY : credentialsPauseMs;
  }

  /** Accepted, or said to be corrected. */
  forget(): void {
    this.#tries = 0;
  }
}
