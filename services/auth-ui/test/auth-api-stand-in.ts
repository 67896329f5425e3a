/** A stand-in for Auth API: the calls that Auth UI makes and the posts that its forms lead to, over real HTTP. */
import formbody from '@fastify/formbody';
import type { AuthScheme } from '@gatehouse/contracts/auth-api/auth-scheme';
import type { InteractionView } from '@gatehouse/contracts/auth-api/interaction';
import Fastify, { type FastifyInstance } from 'fastify';

export const serviceClient = { id: 'test-services', secret: 'a secret of the tests only' };
export const browserCookie = 'browser-of-the-test';
export const sessionCookie = 'session-of-the-test';

export interface Call {
  path: string;
  headers: Record<string, unknown>;
  body: unknown;
}

export interface AuthApiStandIn {
  url: string;
  calls: Call[];
  /** What the next scheme question is answered with: a scheme or an HTTP status. */
  scheme: AuthScheme | string | number;
  /** Adds or replaces a pending login. */
  hold(interaction: Partial<InteractionView> & { id: string }): InteractionView;
  close(): Promise<void>;
}

export function interactionOf(view: Partial<InteractionView> & { id: string }): InteractionView {
  return {
    client: { id: 'workspace', name: 'Agent Workspace' },
    hideTenant: false,
    csrf: `csrf-of-${view.id}`,
    redirectOrigin: 'https://workspace.example.com',
    expiresAt: new Date(0).toISOString(),
    ...view,
  };
}

/** Its routes, also mountable beside Auth UI so that a browser sees one origin. */
export async function standInRoutes(app: FastifyInstance, state: StandInState): Promise<void> {
  await app.register(formbody);
  app.addHook('preHandler', async ({ url, headers, body }) => {
    state.calls.push({ path: url, headers, body });
  });
  app.get('/internal/interactions/:id', async (request, reply) => {
    const expected = `Basic ${Buffer.from(`${encodeURIComponent(serviceClient.id)}:${encodeURIComponent(serviceClient.secret)}`).toString('base64')}`;
    if (request.headers.authorization !== expected) return reply.code(401).send({ error: 'Unauthorized' });
    const interaction = state.interactions.get((request.params as { id: string }).id);
    if (!interaction) return reply.code(404).send({ status: { code: 404, name: 'interaction_expired' } });
    if (request.headers['x-gatehouse-browser'] !== browserCookie) {
      return reply.code(403).send({ status: { code: 403, name: 'wrong_browser' } });
    }
    return { status: { code: 0 }, data: interaction };
  });
  app.post('/auth-scheme', async (_request, reply) => {
    if (typeof state.scheme === 'number')
      return reply.code(state.scheme).send({ status: { code: state.scheme } });
    return { status: { code: 0 }, data: { scheme: state.scheme } };
  });
  app.get('/ping', async (request, reply) => {
    const isLive = request.headers.cookie?.includes(`gatehouse-session=${sessionCookie}`);
    return isLive ? { status: { code: 0 } } : reply.code(403).send({ status: { code: 403 } });
  });
}

export interface StandInState {
  calls: Call[];
  scheme: AuthScheme | string | number;
  interactions: Map<string, InteractionView>;
}

export async function startAuthApiStandIn(): Promise<AuthApiStandIn> {
  const state: StandInState = { calls: [], scheme: 'basic', interactions: new Map() };
  const app = Fastify({ forceCloseConnections: true });
  await app.register((scope) => standInRoutes(scope, state), { prefix: '/auth/v3' });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    calls: state.calls,
    get scheme() {
      return state.scheme;
    },
    set scheme(scheme) {
      state.scheme = scheme;
    },
    hold(view) {
      const interaction = interactionOf(view);
      state.interactions.set(view.id, interaction);
      return interaction;
    },
    close: () => app.close(),
  };
}
