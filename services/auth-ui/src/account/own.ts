/** Reads and ends what belongs to the person, at Auth API and with the person's own token. */
import { type HttpClient, withHeaders } from '@gatehouse/api-client/http';
import { envelopeOf } from '@gatehouse/contracts/answers';
import {
  addedFactorSchema,
  consentListSchema,
  ownFactorsAnswer,
  ownFactorsPath,
  passkeyOptionsSchema,
  recoveryCodesSchema,
  sessionListSchema,
  startedAppSchema,
} from '@gatehouse/contracts/auth-api';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { headersOfPerson } from '../oauth-session/guard.ts';

const sessionsPath = '/auth/v3/sessions';
const consentsPath = '/auth/v3/consents';

/** Of what `GET /auth/v3/openid/userinfo` answers. */
const userInfoSchema = z.object({ email: z.string().optional() });

export type Own = ReturnType<typeof ownOf>;

/** `http` must carry no credentials of its own. Every call throws UpstreamError: with 401 when the session has ended. */
export function ownOf(http: HttpClient, request: FastifyRequest) {
  const api = withHeaders(http, headersOfPerson(request));

  /** A session or an application that is gone already is no error. */
  async function end(path: string): Promise<void> {
    await api.send({ method: 'DELETE', path, alsoStatuses: [404] });
  }

  const added = envelopeOf(addedFactorSchema);
  const write = async <T extends z.ZodType>(
    schema: T,
    at: string,
    data: object = {},
  ): Promise<z.output<T>> => {
    const { text } = await api.send({ method: 'POST', path: `${ownFactorsPath}${at}`, json: { data } });
    return schema.parse(JSON.parse(text));
  };

  return {
    factors: async () => (await api.read(ownFactorsAnswer, { path: ownFactorsPath })).data,
    beginApp: async (name: string) => (await write(envelopeOf(startedAppSchema), '/totp', { name })).data,
    async confirmApp(id: string, code: string): Promise<z.output<typeof addedFactorSchema> | 'wrong'> {
      const at = `${ownFactorsPath}/totp/${encodeURIComponent(id)}/confirm`;
      const json = { data: { code } };
      const { status, text } = await api.send({ method: 'POST', path: at, json, alsoStatuses: [400] });
      return status === 400 ? 'wrong' : added.parse(JSON.parse(text)).data;
    },
    /** As the library of the browser takes them. */
    passkeyOptions: async () => (await write(envelopeOf(passkeyOptionsSchema), '/passkeys/options')).data,
    addPasskey: async (made: { name: string; answer: object }) =>
      (await write(added, '/passkeys', made)).data,
    /** One that is gone already is no error: the page shows that. */
    async renameFactor({ kind, id, name }: { kind: 'totp' | 'passkeys'; id: string; name: string }) {
      const at = `${ownFactorsPath}/${kind}/${encodeURIComponent(id)}`;
      await api.send({ method: 'PUT', path: at, json: { data: { name } }, alsoStatuses: [404] });
    },
    removeFactor: ({ kind, id }: { kind: 'totp' | 'passkeys'; id: string }) =>
      end(`${ownFactorsPath}/${kind}/${encodeURIComponent(id)}`),
    makeRecoveryCodes: async () =>
      (await write(envelopeOf(recoveryCodesSchema), '/recovery-codes')).data.codes,
    /** Without an id: in all browsers. */
    endDevice: (id: string | undefined) =>
      end(`${ownFactorsPath}/devices${id === undefined ? '' : `/${encodeURIComponent(id)}`}`),
    sessions: () => api.read(sessionListSchema, { path: sessionsPath }),
    endSession: (id: string) => end(`${sessionsPath}/${encodeURIComponent(id)}`),
    consents: async () => (await api.read(consentListSchema, { path: consentsPath })).data,
    takeBack: (clientId: string) => end(`${consentsPath}/${encodeURIComponent(clientId)}`),
    /** Undefined where it is not known. */
    email: async () => (await api.read(userInfoSchema, { path: '/auth/v3/openid/userinfo' })).email,
  };
}
