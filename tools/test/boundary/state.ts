/** Reads everything that the attacked person and contact centre have, so that a test sees whether any of it changed. */
import { decodeJwt } from 'jose';
import type { LogoutListener } from '../../../services/auth-api/test/stack/logout-listener.ts';
import { introspect, opsCall, type TestClient } from '../../../services/auth-api/test/stack/oauth.ts';
import type { SignalReceiver } from '../../../services/auth-api/test/stack/signal-receiver.ts';
import type { Stage } from '../../../services/auth-ui/test/console/stage.ts';
import type { Estate } from './estate.ts';

export interface Witnesses {
  /** Introspects every token. */
  observer: TestClient;
  /** Applications of the attacked contact centre. */
  listener: LogoutListener;
  signals: SignalReceiver;
  /** Of a session that is over, in another contact centre. */
  formerIdToken: string;
}

export async function stateOf(
  stage: Stage,
  { attacked }: Estate,
  { observer, listener, signals }: Witnesses,
) {
  const { authApi, environmentApi } = stage;
  const { browser, tokens, id } = attacked;
  const own = async (path: string) => (await browser.request(path)).json() as Promise<{ data: unknown }>;
  const isActive = async (text: string) => (await introspect(authApi, observer, text))['active'];
  const operated = async (path: string) => (await environmentApi.call('GET', path)).body.data;
  const texts = tokens.flatMap(({ access_token, refresh_token }) => [access_token, refresh_token]);
  const [sessions, consents, approvals, active, administrators] = await Promise.all([
    own('/auth/v3/sessions'),
    own('/auth/v3/consents'),
    own('/auth/v3/approvals'),
    Promise.all(texts.map(isActive)),
    opsCall(authApi, 'GET', '/auth/v3/ops/administrators?limit=100'),
  ]);
  await authApi.deps.audit.drained();
  // A refusal of a client is told to its contact centre, whoever named the client: it proves nothing and changes nothing.
  const { rows } = await authApi.deps.stores.pool.query<{ events: string[] }>(
    `SELECT coalesce(array_agg(name || ' ' || outcome ORDER BY seq), '{}') AS events
      FROM auth.audit_events WHERE contact_center_id = $1 AND name <> 'client_authentication_failed'`,
    [id],
  );
  return {
    sessions: withoutTimes(sessions.data),
    consents: withoutTimes(consents.data),
    approvals: withoutTimes(approvals.data),
    active,
    administrators: administrators
      .json<{ data: { contactCenterId: string }[] }>()
      .data.filter(({ contactCenterId }) => contactCenterId === id),
    audit: rows[0]?.events,
    logoutTokens: listener.told.filter(
      ({ logoutToken }) => logoutToken !== '' && decodeJwt(logoutToken)['sid'] === attacked.about.sid,
    ).length,
    signals: signals.received.length,
    center: await operated(`/contact-centers/${id}`),
    keys: withoutTimes(await operated(`/contact-centers/${id}/api-keys`)),
    settings: await operated(`/contact-centers/${id}/settings`),
    signOn: (await environmentApi.call('GET', `/contact-centers/${id}/oidc`)).text,
    branding: (await environmentApi.call('GET', `/contact-centers/${id}/branding`)).text,
  };
}

/** Reading is a use: what says when something was used last, or how long it still lives, changes by itself. */
const withoutTimes = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, field) => {
      if (/At$|csrf|expires|last/i.test(key)) return undefined;
      return key === 'applications' ? (field as unknown[]).map(String).toSorted() : field;
    }) ?? 'null',
  );
