/** Names why a passkey is not made or not accepted: the sentence is for the person, the detail for the log alone. */
import { AppError } from '@gatehouse/service-kit/errors';

const refusals = {
  passkeys_off: [
    409,
    'Passkeys cannot be used here: choose another second factor, or ask your administrator',
  ],
  passkey_expired: [400, 'This request has expired or was used already: start again'],
  passkey_invalid: [400, 'The answer of the passkey is not right: start again'],
  passkey_foreign_page: [403, 'The passkey was used on a page of somebody else: open this site itself'],
  passkey_unknown: [404, 'This passkey is not known here: choose another one'],
  passkey_known: [409, 'This passkey is registered already: choose another one'],
  passkey_of_another_person: [409, 'This passkey belongs to another person: use a passkey of your own'],
  passkey_of_another_contact_center: [
    409,
    'This passkey belongs to another contact centre: use a passkey that you made for this one',
  ],
  passkey_not_verified: [403, 'The passkey did not verify you: set a PIN or a fingerprint for it first'],
  passkey_synced: [
    403,
    'Passkeys that are copied to other devices are not accepted here: use a security key',
  ],
  passkey_not_attested: [
    403,
    'The make of this passkey could not be proved: use another security key, or ask your administrator',
  ],
  passkey_model_refused: [403, 'Passkeys of this model are not accepted here: use another security key'],
  passkey_cloned: [403, 'A copy of this passkey seems to exist: ask your administrator for a new one'],
  too_many_passkeys: [409, 'You have as many passkeys as one person may have: remove one first'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type PasskeyRefusal = keyof typeof refusals;

export function refused(name: PasskeyRefusal, detail?: string, cause?: unknown): AppError {
  const [status, message] = refusals[name];
  return new AppError(name, status, message, { detail, cause });
}
