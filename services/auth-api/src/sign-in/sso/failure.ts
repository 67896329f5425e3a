/** Defines why single sign-on failed: a sentence for the person and a named reason for the operator. */
import { definedOnly } from '@gatehouse/contracts/values';
import { AppError } from '@gatehouse/service-kit/errors';
import { SignInError, type SignInFailure } from '../../people/directories/sign-in-error.ts';

/** The text of the page, by reason. The reasons are part of the product: docs/guides/single-sign-on.md lists what to do about each. */
const failures = {
  // the identity provider or the way to it
  settings_incomplete: 'sso_unavailable',
  provider_unreachable: 'sso_unavailable',
  metadata_unusable: 'sso_unavailable',
  provider_refused: 'sso_refused',
  client_rejected: 'sso_unavailable',
  // what it answered
  response_malformed: 'sso_failed',
  signature_invalid: 'sso_failed',
  algorithm_refused: 'sso_failed',
  decryption_failed: 'sso_failed',
  wrong_issuer: 'sso_failed',
  wrong_audience: 'sso_failed',
  wrong_destination: 'sso_failed',
  wrong_time: 'sso_clock',
  unsolicited: 'sso_failed',
  replayed: 'sso_failed',
  wrong_state: 'sso_failed',
  not_fresh: 'sso_not_fresh',
  // the person
  name_missing: 'sso_no_account',
  name_of_other_domain: 'sso_no_account',
  email_unverified: 'sso_no_account',
  group_missing: 'sso_no_account',
  person_unknown: 'sso_no_account',
  person_disabled: 'sso_no_account',
  person_ambiguous: 'sso_no_account',
  person_not_in_access_group: 'sso_no_account',
  // where single sign-on creates people
  subject_unstable: 'sso_no_account',
  person_name_taken: 'sso_no_account',
  person_deleted: 'sso_no_account',
  too_many_new_people: 'sso_no_account',
} as const satisfies Record<string, SignInFailure>;

export type SsoReason = keyof typeof failures;

export class SsoError extends SignInError {
  readonly reason: SsoReason;

  /** The value found and the value expected, for the operator. */
  readonly found: string;

  /** The person whom the identity provider named, as far as the directory has a user name for them. */
  readonly userName: string | undefined;

  /** `detail` says what was found and what was expected; only the log and the operator's check show it. */
  constructor(reason: SsoReason, detail: string, cause?: unknown, userName?: string) {
    super(failures[reason], { detail: `${reason}: ${detail}`, ...definedOnly({ cause }) });
    this.reason = reason;
    this.found = detail;
    this.userName = userName;
  }
}

/** Expired, used, made up, or another browser's: the page says the same, so that nothing can be probed. */
export function noFlow(): AppError {
  return new AppError(
    'sso_expired',
    400,
    'This sign-in has expired, was completed already, or was begun in another browser. Go back to the application and start again.',
  );
}
