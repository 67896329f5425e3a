/** Sign-ins of Maria that wait for their second factor: one for each page and kind of problem. */
import type { SecondStepView } from '@gatehouse/contracts/auth-api';

const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

const waiting: SecondStepView = {
  state: 'verify',
  interaction: 'first',
  userName: 'nordic\\maria',
  contactCenterName: 'Nordic Support',
  need: 'secondFactor',
  factors: { passkey: true, totp: true, recoveryCode: true },
  allowedFactors: [],
  rememberDays: 30,
  csrf: 'csrf-of-the-step',
  expiresAt: new Date(0).toISOString(),
};
const byApp = { factors: { ...waiting.factors, passkey: false } };
const nothing = { factors: { passkey: false, totp: false, recoveryCode: false } };
const enrol: SecondStepView = { ...waiting, ...nothing, state: 'enrol', allowedFactors: ['passkey', 'totp'] };
const correlationId = '0b5c7f0e-1111-4222-8333-444455556666';

export const steps = {
  verify: waiting,
  verifyByApp: { ...waiting, ...byApp },
  wrongCode: { ...waiting, ...byApp, failure: 'wrong', correlationId },
  passkeyRefused: { ...waiting, failure: 'passkey_not_verified', correlationId },
  recovery: waiting,
  grace: { ...enrol, enrolment: { by: 'grace', daysLeft: 12 } },
  invited: { ...enrol, enrolment: { by: 'invitation' } },
  passkeySynced: { ...enrol, enrolment: { by: 'invitation' }, failure: 'passkey_synced', correlationId },
  setUp: {
    ...enrol,
    enrolment: { by: 'grace', daysLeft: 1 },
    totp: {
      id: 'app-of-maria',
      secret,
      uri: `otpauth://totp/Nordic%20Support:nordic%5Cmaria?issuer=Nordic%20Support&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
    },
  },
  codes: {
    ...waiting,
    ...nothing,
    state: 'codes',
    recoveryCodes: Array.from({ length: 10 }, (_, index) => `7KQ${index}-X2MB-9TRW-C5HD`),
  },
  blocked: { ...waiting, ...nothing, state: 'blocked' },
  blockedWithoutPasskeys: { ...waiting, ...nothing, state: 'blocked', failure: 'passkeys_off' },
  blockedWrong: { ...waiting, ...nothing, state: 'blocked', failure: 'wrong', correlationId },
} satisfies Record<string, SecondStepView>;
