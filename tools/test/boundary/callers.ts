/** Everybody of the second contact centre who can call something, with real credentials that come back when a call ended them. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import { decodeJwt } from 'jose';
import type { LogoutListener } from '../../../services/auth-api/test/stack/logout-listener.ts';
import type { OAuthJson, TestClient } from '../../../services/auth-api/test/stack/oauth.ts';
import type { Person } from '../../../services/auth-ui/test/console/person.ts';
import type { Stage } from '../../../services/auth-ui/test/console/stage.ts';
import { codeOf, createApplication, type Estate, tokensOf } from './estate.ts';

export interface Caller {
  name: string;
  headers: Record<string, string>;
  /** Browsers keep cookies. */
  person?: Person;
}

export type Callers = Awaited<ReturnType<typeof createCallers>>;

export async function createCallers(stage: Stage, { attacker, attacked }: Estate, listener: LogoutListener) {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const client = await createApplication(stage, listener, { contactCenterIds: [attacker.id], name: 'Other' });
  const { wide } = attacked;
  const key = await stage.environmentApi.call('POST', `/contact-centers/${attacker.id}/api-keys`, {
    payload: { data: { name: 'other', purpose: 'scim' } },
  });
  if (key.status !== 200) throw new Error(key.text);

  const [person, administrator] = [stage.newPerson(), stage.newPerson()];
  const enter = async (by: TestClient) =>
    tokensOf(stage, by, await codeOf(person, by, attacker.person, 'Browser/2.0'));
  const isLive = async (init: RequestInit, { request }: Person = person, path = '/auth/v3/ping') =>
    (await request(path, init)).status === 200;
  const isAlive = ({ access_token }: OAuthJson) =>
    isLive({ headers: { ...bearer(access_token), cookie: '' } });
  let [bound, unbound] = [await enter(client), await enter(wide)];
  let accessToken = '';
  let csrf = '';

  /** Whatever was ended comes back; what is alive stays as it is. */
  async function renew(): Promise<void> {
    if (!(await isLive({}))) person.cookies.clear();
    if (!(await isLive({})) || !(await isAlive(bound))) bound = await enter(client);
    if (!(await isAlive(unbound))) unbound = await enter(wide);
    if (!(await isLive({}, person, '/auth/account/sessions'))) await person.open('/auth/account');
    if (!(await isLive({}, administrator, '/auth/console/people'))) {
      administrator.cookies.clear();
      await administrator.openAs('/auth/console', attacker.administrator);
    }
    if (!(await isLive({}, administrator, '/auth/account/sessions')))
      await administrator.open('/auth/account');
    ({ accessToken } = await stage.session.read(administrator));
    ({ csrf } = (await (await person.request('/auth/v3/approvals')).json()) as { csrf: string });
  }
  await renew();

  return {
    client,
    renew,
    /** For what speaks by itself at the console and the command line. */
    accessToken: () => accessToken,
    idToken: () => bound.id_token,
    /** Of the forms with which the person answers and sets a user code. */
    csrf: () => csrf,
    sid: () => decodeJwt<{ sid: string }>(bound.id_token).sid,
    /** Both sign out; the page that the person is shown then. */
    async leave() {
      const page = await person.open('/auth/v3/sign-out');
      await administrator.open('/auth/v3/sign-out');
      return page;
    },
    ofApis: (): Caller[] => [
      { name: 'stranger', headers: {} },
      { name: 'administrator', headers: bearer(accessToken) },
      { name: 'person', headers: bearer(bound.access_token) },
      { name: 'person, by a client of the installation', headers: bearer(unbound.access_token) },
      {
        name: 'client',
        headers: { authorization: basicAuthorization(client.clientId, client.clientSecret ?? '') },
      },
      { name: 'SCIM key', headers: bearer(key.body.data.key) },
      { name: 'browser', headers: {}, person },
    ],
    ofPages: (): Caller[] => [
      { name: 'browser', headers: {}, person },
      { name: 'administrator', headers: {}, person: administrator },
    ],
  };
}
