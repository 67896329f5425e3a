/** Lists the security events about the second factors of people. */
import { type CatalogueEntry, denied, user } from './event-kinds.ts';

const name = 'as the person calls it';
const mayBeSynced = 'whether it may be copied to other devices';

export const factorEvents = {
  factor_added: {
    when: 'a person got an app for one-time codes, a passkey or new recovery codes',
    kind: user,
    fields: {
      factor: '`totp`, `passkey` or `recoveryCodes`',
      name,
      reason: 'why the person could add it: `strongestSignIn`, `grace`, `invitation` or `provider`',
      model: 'of a passkey: AAGUID of the authenticator; zeros where it hides its model',
      attested: 'of a passkey: whether the model is proved',
      mayBeSynced: `of a passkey: ${mayBeSynced}`,
      userVerified: 'of a passkey: whether the authenticator verified the person',
    },
  },
  factor_removed: {
    when: 'an app for one-time codes or a passkey was removed; remembered browsers end with it',
    kind: user,
    fields: { factor: '`totp` or `passkey`', name },
  },
  recovery_code_used: {
    when: 'a person signed in with a recovery code',
    kind: user,
    fields: { left: 'number of codes that the person still has' },
  },
  factor_invitation_used: {
    when: 'a person gave the code by which an administrator lets them add a first factor',
    kind: user,
    fields: { invitedBy: 'the administrator' },
  },
  device_remembered: {
    when: 'a browser was remembered: no second factor is asked for in it',
    kind: user,
    fields: { until: 'when it is asked for again, ISO 8601' },
  },
  second_factor_failed: {
    when: 'a code or a passkey was not right. The first 100 of an address in a minute are written, then their number',
    kind: denied,
    fields: {
      factor:
        '`totp`, `recoveryCode`, `passkey`, `enrolment` for the first code of a new app, or `invitation`',
      reason: 'why a passkey was refused',
      repeated: 'number of further ones',
    },
  },
  passkey_clone_suspected: {
    when: 'the counter of a passkey went back: somebody may have a copy. Refused (`failure`) where the passkey cannot be synced; otherwise written the first time',
    kind: denied,
    fields: { passkey: 'id of the passkey', mayBeSynced },
  },
} satisfies Record<string, CatalogueEntry>;
