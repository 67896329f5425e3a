/** A stand-in for Auth API: the calls that Auth UI makes and the posts that its forms lead to, over real HTTP. */
import formbody from '@fastify/formbody';
import type {
  ApprovalView,
  AuthScheme,
  ConsentView,
  InteractionView,
  LogoutView,
  OwnFactors,
  SecondStepView,
  SessionView,
} from '@gatehouse/contracts/auth-api';
import type { BrandingView } from '@gatehouse/contracts/environment-api';
import { consoleKeys, Secret } from '@gatehouse/service-kit/crypto';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { createSeal } from '../src/oauth-session/seal.ts';
import type { Session } from '../src/oauth-session/session.ts';

export const serviceClient = { id: 'test-services', secret: 'a secret of the tests only' };
export const browserCookie = 'browser-of-the-test';
export const sessionCookie = 'session-of-the-test';
/** Of Maria, for the account area. */
export const accessToken = 'token-of-the-test';

const seal = createSeal(consoleKeys(new Secret(serviceClient.secret), 'session cookie'));

export const appOfMaria = {
  id: '00000000-0000-4000-8000-0000000000a1',
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  uri: 'otpauth://totp/Nordic:maria?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Nordic',
};

const answersOfFactors: Record<string, object> = {
  totp: appOfMaria,
  [`totp/${appOfMaria.id}/confirm`]: { recoveryCodes: ['AAAA-BBBB-CCCC-DDDD'] },
  'recovery-codes': { codes: ['EEEE-FFFF-GGGG-HHHH'] },
  'passkeys/options': { challenge: 'challenge' },
};

export function factorsOfMaria(): OwnFactors {
  const madeAt = '2026-11-01T08:00:00.000Z';
  return {
    passkeys: [
      {
        ...{ id: 'a2V5', name: 'Blue key', madeAt, lastUsedAt: '2026-11-20T08:00:00.000Z' },
        ...{ model: '00000000-0000-0000-0000-000000000000', synced: true, mayBeSynced: true, copied: false },
      },
    ],
    apps: [{ id: appOfMaria.id, name: 'Telephone', madeAt }],
    recoveryCodes: 9,
    devices: [
      {
        id: '00000000-0000-4000-8000-0000000000d1',
        grantedAt: madeAt,
        endsAt: '2027-01-01T08:00:00.000Z',
        userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
      },
      {
        id: '00000000-0000-4000-8000-0000000000d2',
        grantedAt: madeAt,
        endsAt: '2027-01-01T08:00:00.000Z',
        userAgent:
          'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15',
      },
    ],
    acceptedPasskeys: { rpId: 'localhost', userId: 'bWFyaWE', userName: 'nordic\\maria', ids: ['a2V5'] },
    history: [
      { at: madeAt, change: 'added', factor: 'recoveryCodes', own: true },
      { at: madeAt, change: 'added', factor: 'passkey', name: 'Blue key', own: true },
      { at: madeAt, change: 'invitation used', factor: 'any', own: true },
      { at: madeAt, change: 'invited', factor: 'any', own: false },
    ],
    addable: ['passkey', 'totp'],
    required: true,
    invitationNeeded: false,
    newFactorAdvised: false,
    stepUp: { level: 'phishingResistant', maxAgeSeconds: 300, met: true },
  };
}

/** Value of the cookie `gatehouse-console` of Maria's browser, as the sign-in would have left it. */
export function accountCookie(fields: Partial<Session> = {}): Promise<string> {
  const nowMs = Date.now();
  const session: Session = {
    accessToken,
    expiresAtMs: nowMs + 3_600_000,
    signedInAtMs: nowMs - 3_600_000,
    csrf: 'csrf-of-the-session',
    sub: 'maria',
    userName: 'nordic\\maria',
    authorities: [],
    ...fields,
  };
  return seal.seal(session);
}

/** Of the link for Maria's first password. */
export const firstPasswordCode = 'c'.repeat(43);

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
  /** Knows only the calls that the release before had. */
  isReleaseBefore: boolean;
  /** Of the installation. */
  branding: BrandingView | undefined;
  /** By the id of a contact centre, or of an application that serves one. */
  brandings: Map<string, BrandingView>;
  /** Adds or replaces a pending login. */
  hold(interaction: Partial<InteractionView> & { id: string }): InteractionView;
  /** Its ten minutes are over. */
  forget(id: string): void;
  /** Lets a request wait for Maria. */
  wait(approval: Partial<ApprovalView> & { id: string }): void;
  /** Adds a sign-in that waits for its second factor, under the value of its cookie; a number is the status of the answer instead. */
  holdStep(cookie: string, step: SecondStepView | number): void;
  /** What Maria has, and how a change of it is refused. */
  ownFactors(factors: OwnFactors, refusal?: number): void;
  /** Adds a sign-out. */
  holdLogout(logout: Partial<LogoutView> & { id: string }): void;
  close(): Promise<void>;
}

export function logoutOf(view: Partial<LogoutView> & { id: string }): LogoutView {
  return { step: 'ask', csrf: `csrf-of-${view.id}`, frames: [], ...view };
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

export function approvalOf(view: Partial<ApprovalView> & { id: string }, nowMs = Date.now()): ApprovalView {
  return {
    client: { id: 'call-desk', name: 'Call Desk' },
    scope: ['openid'],
    requestedAt: new Date(nowMs - 61_000).toISOString(),
    expiresAt: new Date(nowMs + 239_000).toISOString(),
    ...view,
  };
}

const pixel = Buffer.from('R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

const agents = {
  firefox: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  edge: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
};

/** Two hours ago and so on, so that the page has something to say. */
export function sessionsOfMaria(nowMs = Date.now()): SessionView[] {
  const at = (minutesAgo: number) => new Date(nowMs - minutesAgo * 60_000).toISOString();
  const session = { clientAddress: '198.51.100.7', remembered: false, applications: [], current: false };
  return [
    {
      ...session,
      id: '00000000-0000-4000-8000-000000000001',
      createdAt: at(3000),
      lastSeenAt: at(2900),
      userAgent: agents.phone,
      remembered: true,
      applications: ['Agent Workspace', 'Dashboards'],
    },
    {
      ...session,
      id: '00000000-0000-4000-8000-000000000002',
      createdAt: at(125),
      lastSeenAt: at(1),
      userAgent: agents.firefox,
      applications: ['Agent Workspace'],
      current: true,
    },
    {
      ...session,
      id: '00000000-0000-4000-8000-000000000003',
      createdAt: at(130),
      lastSeenAt: at(12),
      userAgent: agents.edge,
    },
    { ...session, id: '00000000-0000-4000-8000-000000000004', createdAt: at(20), lastSeenAt: at(0.5) },
  ];
}

/** What Maria allowed: in sentences, by name, and both. */
export function consentsOfMaria(nowMs = Date.now()): ConsentView[] {
  const givenAt = (daysAgo: number) => new Date(nowMs - daysAgo * 86_400_000).toISOString();
  return [
    {
      clientId: 'workspace',
      startUri: 'https://workspace.example.com/login?iss=https%3A%2F%2Flogin.example.com',
      name: 'Agent Workspace',
      scope: ['openid', 'profile', 'offline_access', 'calls:read'],
      givenAt: givenAt(3),
      lastUsedAt: new Date(nowMs - 2 * 3_600_000).toISOString(),
    },
    { clientId: 'wallboard', name: 'Wallboard', scope: ['openid'], givenAt: givenAt(40) },
  ];
}

/** Its routes, also mountable beside Auth UI so that a browser sees one origin. */
export async function standInRoutes(app: FastifyInstance, state: StandInState): Promise<void> {
  await app.register(formbody);
  app.addHook('preHandler', async ({ url, headers, body }) => {
    state.calls.push({ path: url, headers, body });
  });
  const expected = `Basic ${Buffer.from(`${encodeURIComponent(serviceClient.id)}:${encodeURIComponent(serviceClient.secret)}`).toString('base64')}`;
  const findInteraction = ({ headers, params }: FastifyRequest) => {
    const interaction = state.interactions.get((params as { id: string }).id);
    if (headers.authorization !== expected) return { status: 401 };
    if (!interaction) return { status: 404 };
    return headers['x-gatehouse-browser'] === browserCookie ? { status: 200, interaction } : { status: 403 };
  };
  app.get('/internal/interactions/:id', async (request, reply) => {
    const { status, interaction } = findInteraction(request);
    return reply.code(status).send({ status: { code: status === 200 ? 0 : status }, data: interaction });
  });
  app.post('/internal/interactions/:id', async (request, reply) => {
    if (state.isReleaseBefore) return reply.code(405).send({ status: { code: 405 } });
    const { interaction, ...found } = findInteraction(request);
    const status =
      interaction !== undefined && typeof state.scheme === 'number' ? state.scheme : found.status;
    const data = { interaction, scheme: state.scheme };
    return reply.code(status).send({ status: { code: status === 200 ? 0 : status }, data });
  });
  app.get('/internal/branding', async (request, reply) => {
    if (state.isReleaseBefore) return reply.code(404).send({ status: { code: 404 } });
    const { contactCenterId, clientId } = request.query as Record<string, string | undefined>;
    const branding = state.brandings.get(contactCenterId ?? clientId ?? '') ?? state.branding;
    return { status: { code: 0 }, data: { branding } };
  });
  app.get('/internal/second-step', async ({ headers }, reply) => {
    const step = state.steps.get(String(headers['x-gatehouse-second-step']));
    const isTheirs = headers['x-gatehouse-browser'] === browserCookie;
    if (!step || !isTheirs) return reply.code(404).send({ status: { code: 404 } });
    if (typeof step === 'number')
      return reply
        .code(step)
        .header('retry-after', '1')
        .send({ status: { code: step } });
    return { status: { code: 0 }, data: step };
  });
  app.post('/passkey-sign-in/options', async () => ({ challenge: 'Y2hhbGxlbmdl', rpId: 'localhost' }));
  // One pixel, for every digest.
  app.get('/branding/images/:digest', async (_request, reply) => reply.type('image/gif').send(pixel));
  app.get('/internal/logouts/:id', async (request, reply) => {
    const logout = state.logouts.get((request.params as { id: string }).id);
    const isTheirs = request.headers['x-gatehouse-browser'] === browserCookie;
    if (!logout || !isTheirs) return reply.code(404).send({ status: { code: 404 } });
    return { status: { code: 0 }, data: logout };
  });
  app.post('/internal/first-password', async (request, reply) => {
    const { code } = (request.body as { data: { code: string } }).data;
    if (code !== firstPasswordCode) return reply.code(404).send({ status: { code: 404, name: 'link_over' } });
    return { status: { code: 0 }, data: { userName: 'maria.berg', tenant: 'nordic' } };
  });
  app.post('/first-password', async (request, reply) => {
    const { code, newPassword } = request.body as { code: string; newPassword: string };
    const failed =
      newPassword.length < 12 ? `error=password_policy&rules=min-length&code=${code}` : 'result=done';
    return reply.redirect(`/auth/first-password?${failed}`, 302);
  });
  app.post('/internal/auth-scheme', async (_request, reply) => {
    if (typeof state.scheme === 'number')
      return reply.code(state.scheme).send({ status: { code: state.scheme } });
    return { status: { code: 0 }, data: { scheme: state.scheme } };
  });
  const hasSession = (cookie: string | undefined) => cookie?.includes(`gatehouse-session=${sessionCookie}`);
  const isMaria = ({ headers: { authorization, cookie } }: FastifyRequest) =>
    authorization === undefined ? hasSession(cookie) : authorization === `Bearer ${accessToken}`;
  app.get('/openid/userinfo', async (request, reply) => {
    if (!isMaria(request)) return reply.code(401).send({ error: 'invalid_token' });
    return { email: 'maria.berg@nordic.example' };
  });
  app.get('/consents', async (request, reply) => {
    if (!isMaria(request)) return reply.code(401).send({ error: 'invalid_token' });
    return { status: { code: 0 }, data: state.consents };
  });
  app.delete('/consents/:id', async (request, reply) => {
    if (!isMaria(request)) return reply.code(401).send({ error: 'invalid_token' });
    const { id } = request.params as { id: string };
    state.consents = state.consents.filter(({ clientId }) => clientId !== id);
    return { status: { code: 0 } };
  });
  app.get('/factors', async (request, reply) => {
    if (!isMaria(request)) return reply.code(401).send({ error: 'invalid_token' });
    return { status: { code: 0 }, data: state.factors };
  });
  app.route({
    method: ['POST', 'PUT', 'DELETE'],
    url: '/factors/*',
    handler: async (request, reply) => {
      if (state.factorRefusal !== undefined)
        return reply.code(state.factorRefusal).send({ status: { code: state.factorRefusal } });
      return { status: { code: 0 }, data: answersOfFactors[request.url.split('/factors/')[1] ?? ''] ?? {} };
    },
  });
  app.get('/sessions', async (request, reply) => {
    if (!isMaria(request)) return reply.code(401).send({ error: 'invalid_token' });
    return {
      status: { code: 0 },
      data: state.sessions,
      user: { username: 'nordic\\maria', name: 'Maria Berg', contactCenter: 'Nordic Support' },
    };
  });
  app.delete('/sessions/:id', async (request, reply) => {
    if (!isMaria(request)) return reply.code(401).send({ error: 'invalid_token' });
    const { id } = request.params as { id: string };
    const remaining = state.sessions.filter((session) => session.id !== id);
    const isKnown = remaining.length < state.sessions.length;
    state.sessions = remaining;
    return reply.code(isKnown ? 200 : 404).send({ status: { code: isKnown ? 0 : 404 } });
  });
  app.get('/approvals', async (request, reply) => {
    if (!hasSession(request.headers.cookie)) return reply.code(401).send({ error: 'unauthorized' });
    return {
      status: { code: 0 },
      data: state.approvals,
      user: { username: 'nordic\\maria' },
      csrf: 'csrf-of-maria',
      hasUserCode: state.hasUserCode === true,
    };
  });
  app.post('/approvals/answer', async (request, reply) => {
    const { approval, answer } = request.body as { approval: string; answer: string };
    const waiting = state.approvals.filter(({ id }) => id !== approval);
    const isKnown = waiting.length < state.approvals.length;
    state.approvals = waiting;
    return reply.redirect(`/auth/approvals?result=${isKnown ? answer : 'gone'}`, 303);
  });
  app.post('/approvals/user-code', async (_request, reply) => {
    state.hasUserCode = true;
    return reply.redirect('/auth/approvals?result=code_kept', 303);
  });
  app.get('/ping', async (request, reply) => {
    return hasSession(request.headers.cookie)
      ? { status: { code: 0 } }
      : reply.code(403).send({ status: { code: 403 } });
  });
}

export interface StandInState {
  calls: Call[];
  scheme: AuthScheme | string | number;
  isReleaseBefore?: boolean;
  branding?: BrandingView | undefined;
  brandings: Map<string, BrandingView>;
  interactions: Map<string, InteractionView>;
  logouts: Map<string, LogoutView>;
  steps: Map<string, SecondStepView | number>;
  sessions: SessionView[];
  consents: ConsentView[];
  factors: OwnFactors;
  /** How a change of factors is refused. */
  factorRefusal?: number | undefined;
  /** What waits for Maria. */
  approvals: ApprovalView[];
  hasUserCode?: boolean;
}

export async function startAuthApiStandIn(): Promise<AuthApiStandIn> {
  const state: StandInState = {
    calls: [],
    scheme: 'basic',
    brandings: new Map(),
    interactions: new Map(),
    logouts: new Map(),
    steps: new Map(),
    sessions: sessionsOfMaria(),
    consents: consentsOfMaria(),
    factors: factorsOfMaria(),
    approvals: [],
  };
  const app = Fastify({ forceCloseConnections: true });
  await app.register((scope) => standInRoutes(scope, state), { prefix: '/auth/v3' });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    calls: state.calls,
    brandings: state.brandings,
    get scheme() {
      return state.scheme;
    },
    set scheme(scheme) {
      state.scheme = scheme;
    },
    get isReleaseBefore() {
      return state.isReleaseBefore === true;
    },
    set isReleaseBefore(isReleaseBefore) {
      state.isReleaseBefore = isReleaseBefore;
    },
    get branding() {
      return state.branding;
    },
    set branding(branding) {
      state.branding = branding;
    },
    wait: (view) => void state.approvals.push(approvalOf(view)),
    hold(view) {
      const interaction = interactionOf(view);
      state.interactions.set(view.id, interaction);
      return interaction;
    },
    forget: (id) => void state.interactions.delete(id),
    holdStep: (cookie, step) => void state.steps.set(cookie, step),
    ownFactors(factors, refusal) {
      state.factors = factors;
      state.factorRefusal = refusal;
    },
    holdLogout: (view) => void state.logouts.set(view.id, logoutOf(view)),
    close: () => app.close(),
  };
}
