/** A service account that is refused: few tries, far apart, since repeating a wrong password would lock it. */
import type { StandbyOptions } from '../client-options.ts';
import type { Clock } from '../clock.ts';
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

/** Shared by all links that register with the account: it does not matter to a lock which of them tried. */
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

  /** Why it rests. */
  get reason(): string {
    const outlook = this.#isGivenUp ? '; it is not tried again before the configuration changes' : '';
    return `the service account is refused (${this.#refusal})${outlook}`;
  }

  /**
   * How long a link has to wait before it may register; infinite after the last try. With 0 the next try is its own:
   * the others wait until it is refused, accepted, or given back.
   */
  claimTry(): number {
    if (this.#tries === 0) return 0;
    const nowMs = this.#clock.monotonicMs();
    if (this.#nextTryAtMs > nowMs) return this.#nextTryAtMs - nowMs;
    this.#nextTryAtMs = nowMs + this.#options.credentialsPauseMs;
    return 0;
  }

  /** No server was there to judge the account. */
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
