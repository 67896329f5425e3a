/** Limits the tries with a refused service account, because repeating a wrong password would lock it. */

import type { ConfigServerErrorCode } from '@gatehouse/people-directory';
import type { StandbyOptions } from '../client-options.ts';
import type { Clock } from '../surroundings/clock.ts';

const refusals: ReadonlySet<ConfigServerErrorCode> = new Set<ConfigServerErrorCode>([
  'AuthenticationFailed',
  'AccountLocked',
  'AccountExpired',
  'PasswordExpired',
  'ChangePasswordRequired',
  // The server demanded a new password and refuses the configured one.
  'PasswordPolicyViolation',
  'AccessDenied',
]);

/** Whether other servers would refuse the account too: they share the accounts. */
export function refusesAccount(code: ConfigServerErrorCode): boolean {
  return refusals.has(code);
}

/** Shared by all links of a client: the servers count every refusal, whichever link caused it. */
export class RefusedAccount {
  readonly #options: Pick<StandbyOptions, 'credentialsTries' | 'credentialsPauseMs'>;
  readonly #clock: Clock;
  #tries = 0;
  #nextTryAtMs = 0;
  #refusal = '';

  constructor(options: Pick<StandbyOptions, 'credentialsTries' | 'credentialsPauseMs'>, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Why links wait. */
  get reason(): string {
    const outlook = this.#isGivenUp ? '; it is not tried again before the configuration changes' : '';
    return `the service account is refused (${this.#refusal})${outlook}`;
  }

  /**
   * Milliseconds until a link may register; infinite after the last try. 0 reserves the next try for the caller: other
   * links wait until the try is refused, accepted or given back.
   */
  claimTry(): number {
    if (this.#tries === 0) return 0;
    const nowMs = this.#clock.monotonicMs();
    if (this.#nextTryAtMs > nowMs) return this.#nextTryAtMs - nowMs;
    this.#nextTryAtMs = nowMs + this.#options.credentialsPauseMs;
    return 0;
  }

  /** No server was reached that could verify the account. */
  giveTryBack(): void {
    if (!this.#isGivenUp) this.#nextTryAtMs = this.#clock.monotonicMs();
  }

  refused(refusal: string): void {
    this.#tries += 1;
    this.#refusal = refusal;
    this.#nextTryAtMs = this.#isGivenUp
      ? Number.POSITIVE_INFINITY
      : this.#clock.monotonicMs() + this.#options.credentialsPauseMs;
  }

  accepted(): void {
    this.#tries = 0;
  }

  get #isGivenUp(): boolean {
    return this.#tries >= this.#options.credentialsTries;
  }
}
