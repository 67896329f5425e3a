/** Sees each refused request to the OAuth endpoints, however it was refused: its error was noted before the answer is sent. */
import { type AppError, refusalNoteOf, refusalReasonOf } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';
import { type Evidence, evidenceOf } from './evidence.ts';

const prefix = '/auth/v3/oauth';

/** By path below the prefix. */
const endpoints: Readonly<Record<string, string>> = {
  '/authorize': 'authorize',
  '/authorize/resume': 'authorize',
  '/authorize/cancel': 'authorize',
  '/par': 'par',
  '/token': 'token',
  '/introspect': 'introspect',
  '/revoke': 'revoke',
  '/device': 'device',
  '/backchannel': 'backchannel',
  '/register': 'register',
  '/register/:client_id': 'register',
};

/** Answers after which the client asks again and gets what it wants. */
const stepsOnTheWay = new Set(['authorization_pending', 'slow_down', 'use_dpop_nonce']);

/** An outage is none. */
export const isRefusal = ({ status, name }: AppError): boolean => status < 500 && !stepsOnTheWay.has(name);

export interface SeenRefusal extends Evidence {
  reason: string;
  endpoint: string;
  /** OAuth code. */
  error: string;
  correlationId: string;
  clientAddress: string;
}

/** Call it before the routes are added. `record` must not wait. */
export function observeRefusals(app: App, record: (seen: SeenRefusal) => void): void {
  app.addHook('onRoute', (route) => {
    const endpoint = route.url.startsWith(prefix) ? endpoints[route.url.slice(prefix.length)] : undefined;
    if (endpoint === undefined) return;
    const hooks = [route.onSend ?? []].flat();
    route.onSend = [
      ...hooks,
      (request, _reply, payload, done) => {
        observe(request, endpoint, record);
        done(null, payload);
      },
    ];
  });
}

function observe(request: FastifyRequest, endpoint: string, record: (seen: SeenRefusal) => void): void {
  const note = refusalNoteOf(request);
  if (note === undefined || !isRefusal(note.error)) return;
  const { error } = note;
  const evidence = evidenceOf(request, endpoint, error);
  if (evidence.clientId !== '') note.clientId = evidence.clientId;
  record({
    ...evidence,
    reason: refusalReasonOf(error),
    endpoint,
    error: error.name,
    correlationId: request.id,
    clientAddress: request.ip,
  });
}
