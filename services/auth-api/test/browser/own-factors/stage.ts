/** People in the account area with their second factors: the calls of one sign-in, and what they have. */
import { visitorAddressHeader } from '@gatehouse/contracts/auth-api';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { watchSecret } from '@gatehouse/testing/secrets';
import type { Authenticator } from '@gatehouse/testing/webauthn';
import type { Proof } from '../../../src/core/assurance/proof.ts';
import type { PersonKey } from '../../../src/records/revocation/revocation.ts';
import { type AuthApi, publicUrl } from '../../stack/auth-api.ts';
import { consoleToken } from '../../stack/console.ts';
import { codeOfApp } from '../../stack/second-factor.ts';

export const path = '/auth/v3/factors';
/** Of the person; Auth UI calls from another one. */
export const visitorAddress = '198.51.100.7';

export interface Answer {
  status: number;
  challenge: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: every answer has another form, and the tests look at parts
  body: any;
}

/** Calls as the account area does, by a token of a sign-in with these proofs. */
export function areaOf(stack: AuthApi, person: PersonKey, proofs: readonly Proof[], sid = randomUuid()) {
  let token: Promise<string> | undefined;
  const open = () => {
    const session = { sid, authTimeMs: stack.deps.now(), amr: ['pwd'], proofs: [...proofs] };
    token ??= consoleToken(stack, person, { scope: ['sessions'], session });
    return token;
  };
  const call = async (method: string, at: string, data?: object): Promise<Answer> => {
    const answer = await stack.app.inject({
      method: method as 'GET',
      url: `${path}${at}`,
      headers: { authorization: await open(), [visitorAddressHeader]: visitorAddress },
      ...(data && { payload: { data } }),
    });
    return {
      status: answer.statusCode,
      challenge: answer.headers['www-authenticate'] as string | undefined,
      body: answer.body === '' ? undefined : answer.json(),
    };
  };
  return {
    call,
    list: async () => (await call('GET', '')).body.data,
    async addApp(name = 'Telephone') {
      const started = await call('POST', '/totp', { name });
      if (started.status !== 200) return started;
      const { id, secret, uri } = started.body.data;
      watchSecret(secret, 'secret of an app for codes');
      const code = codeOfApp(uri)(stack.deps.now());
      return watched(await call('POST', `/totp/${id}/confirm`, { code }));
    },
    async addPasskey(authenticator: Authenticator, name = 'Key') {
      const offered = await call('POST', '/passkeys/options');
      if (offered.status !== 200) return offered;
      const answer = authenticator.create(offered.body.data, { origin: publicUrl });
      return watched(await call('POST', '/passkeys', { name, answer }));
    },
  };
}

function watched(answer: Answer): Answer {
  for (const code of answer.body?.data?.recoveryCodes ?? []) watchSecret(code, 'recovery code');
  return answer;
}

/** Signed in so long ago. */
export const proofsAt = (nowMs: number) => ({
  password: (agoMs = 0): Proof => ({ factor: 'password', atMs: nowMs - agoMs }),
  totp: (agoMs = 0): Proof => ({ factor: 'totp', atMs: nowMs - agoMs }),
  recoveryCode: (agoMs = 0): Proof => ({ factor: 'recoveryCode', atMs: nowMs - agoMs }),
  passkey: (agoMs = 0, isEligible = false): Proof => ({
    ...{ factor: 'passkey', atMs: nowMs - agoMs, isVerified: true },
    isEligible,
  }),
  provider: (agoMs = 0, methods = ['pwd', 'mfa']): Proof => ({
    ...{ factor: 'provider', atMs: nowMs - agoMs },
    methods,
  }),
});
