/** Defines the requests of the steady load, each with how often it is sent and what its answer promises. */
import { type Answer, basic, type Http } from './http.ts';
import { createOAuth, service } from './oauth.ts';
import type { Record as LoadRecord } from './record.ts';

export interface Call {
  kind: string;
  perSecond: number;
  /** Callers who wait for their answer before they send the next: of one refresh token, of one account. */
  atOnce: number;
  /** Whether the answer is the right one. Undefined: there was nothing to send. */
  send(): Promise<{ answer: Answer; isRight: boolean } | undefined>;
}

/** As many as a check asks about: older ones were asked about before. */
const keptTokens = 60;
/** GATEHOUSE_REFRESH_GRACE_MS: an answer that got lost is given again for so long; later the same token counts as stolen. */
const refreshGraceMs = 10_000;
const people = ['agent', 'supervisor', 'admin'];

export interface Target {
  http: Http;
  operator: { username: string; password: string };
  contactCenterId: string;
  /** Of each call that most callers make. */
  perSecond?: number;
}

/** About 50 requests a second, and four more for each one that `perSecond` has above 10. */
export async function createCalls(target: Target, record: LoadRecord): Promise<Call[]> {
  const { http, operator: account, contactCenterId, perSecond = 10 } = target;
  const operator = basic(account.username, account.password);
  const client = (id: string) => basic(id, `demo-secret-of-${id}`);
  const application = client('external_api_client');
  const { token, introspect, refresh, revoke } = createOAuth(http);
  const { promises, broken } = record;
  await http('/auth/v3/ops/clients', { authorization: operator, json: { data: jwtClient } });
  const jwt = basic(jwtClient.client_id, jwtClient.client_secret);

  let bearer = '';
  let login = 0;
  let written = 0;
  let refreshToken: string | undefined;
  let firstSentMs: number | undefined;

  return [
    call('token', perSecond, async () => {
      const answer = await token(service, { grant_type: 'client_credentials' });
      const value = issued(answer);
      if (value !== undefined) {
        bearer = value;
        keep(promises.tokens, value);
      }
      return judged(answer, value !== undefined);
    }),
    call('introspection', perSecond, async () => {
      const value = lastOf(promises.tokens);
      const answer = value === undefined ? undefined : await introspect(value);
      return judged(answer ?? none, answer === undefined || answer.body?.['active'] === true);
    }),
    call('introspection of a revoked token', perSecond, async () => {
      const value = anyOf(promises.revoked);
      if (value === undefined) return judged(none, true);
      const answer = await introspect(value);
      if (answer.body?.['active'] === true) broken.acceptedRevoked.push(value);
      return judged(answer, answer.body?.['active'] === false);
    }),
    ...[service, jwt].map((owner) =>
      call(owner === jwt ? 'revocation of a JWT' : 'revocation', 2, async () => {
        const made = await token(owner, { grant_type: 'client_credentials' });
        const value = issued(made);
        if (value === undefined) return judged(made, false);
        const answer = await revoke(owner, value);
        if (answer.status === 200) keep(promises.revoked, value);
        return judged(answer);
      }),
    ),
    call(
      'login',
      3,
      async () => {
        const name = people[login++ % people.length] ?? '';
        const form = { grant_type: 'password', username: `demo\\${name}`, password: `demo-${name}-password` };
        const answer = await token(application, { ...form, scope: 'calls:read' });
        if (answer.status === 200) promises.logins.add(answer.requestId);
        refreshToken ??= answer.body?.['refresh_token'] as string | undefined;
        return judged(answer);
      },
      3,
    ),
    call(
      'refresh',
      2,
      async () => {
        if (refreshToken === undefined) return judged(none, true);
        const used = refreshToken;
        firstSentMs ??= performance.now();
        const answer = await refresh(application, used);
        const isLost = answer.status === 400;
        if (isLost && performance.now() - firstSentMs < refreshGraceMs) broken.lostChains.push(used);
        if (answer.status === 200) refreshToken = (answer.body?.['refresh_token'] as string) ?? used;
        if (isLost) refreshToken = undefined;
        if (isLost || answer.status === 200) firstSentMs = undefined;
        return judged(answer);
      },
      1,
    ),
    call('sign-in page', 2, async () => {
      const answer = await http('/auth/sign-in.html');
      return judged(answer, answer.status === 200);
    }),
    call('environment read', perSecond, async () => {
      const authorization = `Bearer ${bearer}`;
      return judged(await http(`/environment/v3/contact-centers/${contactCenterId}`, { authorization }));
    }),
    call('environment write', 4, async () => {
      const name = `x-chaos-${written++ % 500}`;
      const value = String(written);
      const answer = await http(`/environment/v3/contact-centers/${contactCenterId}/settings`, {
        authorization: operator,
        json: { data: { name, value, location: '/' } },
      });
      if (answer.status === 200) promises.settings.set(name, value);
      else promises.settings.delete(name);
      return judged(answer);
    }),
  ];
}

const call = (kind: string, perSecond: number, send: Call['send'], atOnce = 40): Call => ({
  ...{ kind, perSecond, send, atOnce },
});

const judged = (answer: Answer, isRight = answer.status === 200) => ({ answer, isRight });

const issued = ({ status, body }: Answer) =>
  status === 200 && typeof body?.['access_token'] === 'string' ? body['access_token'] : undefined;

const none: Answer = { status: 200, body: undefined, requestId: '' };

const jwtClient = {
  client_id: 'chaos-jwt',
  client_secret: 'demo-secret-of-chaos-jwt',
  authorizedGrantTypes: ['client_credentials'],
  scope: ['calls:read'],
  accessTokenFormat: 'jwt',
};

function keep(values: Set<string>, value: string): void {
  values.add(value);
  const [oldest] = values;
  if (values.size > keptTokens && oldest !== undefined) values.delete(oldest);
}

function lastOf(values: ReadonlySet<string>): string | undefined {
  return [...values].at(-1);
}

function anyOf(values: ReadonlySet<string>): string | undefined {
  return [...values][Math.floor(Math.random() * values.size)];
}
