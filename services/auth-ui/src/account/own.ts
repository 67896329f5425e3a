/** Reads and ends what belongs to the person, at Auth API and with the person's own token. */
import { type HttpClient, withHeaders } from '@gatehouse/api-client/http';
import { consentListSchema, sessionListSchema } from '@gatehouse/contracts/auth-api';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { headersOfPerson } from '../oauth-session/guard.ts';

const sessionsPath = '/auth/v3/sessions';
const consentsPath = '/auth/v3/consents';

/** Of what `GET /auth/v3/openid/userinfo` answers. */
const userInfoSchema = z.object({ email: z.string().optional() });

/** `http` must carry no credentials of its own. Every call throws UpstreamError: with 401 when the session has ended. */
export function ownOf(http: HttpClient, request: FastifyRequest) {
  const api = withHeaders(http, headersOfPerson(request));

  /** A session or an application that is gone already is no error. */
  async function end(path: string): Promise<void> {
    await api.send({ method: 'DELETE', path, alsoStatuses: [404] });
  }

  return {
    sessions: () => api.read(sessionListSchema, { path: sessionsPath }),
    endSession: (id: string) => end(`${sessionsPath}/${encodeURIComponent(id)}`),
    consents: async () => (await api.read(consentListSchema, { path: consentsPath })).data,
    takeBack: (clientId: string) => end(`${consentsPath}/${encodeURIComponent(clientId)}`),
    /** Undefined where it is not known. */
    email: async () => (await api.read(userInfoSchema, { path: '/auth/v3/openid/userinfo' })).email,
  };
}
