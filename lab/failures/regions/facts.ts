/** Makes what people and applications hold when a region is lost, and checks which of it another region honours. */
import { setTimeout as wait } from 'node:timers/promises';
import { users } from '../../../tools/stack/provisioning/demo.ts';
import { authorizationRequest, authorize, codeIn, createBrowser } from '../../harness/browser.ts';
import type { Findings } from '../../harness/findings.ts';
import { type Callers, createCallers } from './callers.ts';
import { clients, type Installation } from './installation.ts';
import type { Region } from './region.ts';

export type Held = Awaited<ReturnType<typeof hold>>;

const [agent] = users;
const request = authorizationRequest(clients.jwt.client_id, 'openid');
const at = ({ url }: Region) => ({ authApi: url, authUi: url, environmentApi: url });

export async function hold({ publicUrl }: Installation, region: Region, name: string) {
  const callers = createCallers(region, publicUrl);
  const browser = createBrowser(publicUrl);
  const arrived = await browser.walk(at(region), authorize(request), { ...agent });
  if (codeIn(arrived) === undefined) throw new Error(`no login by the pages: ${arrived.location}`);
  const logIn = async (kind: keyof typeof clients) => {
    const login = await callers.logIn(kind);
    if (login.status !== 200) throw new Error(`a login in ${region.location} was answered ${login.status}`);
    return login;
  };
  const [jwt, revoked, opaque] = [await logIn('jwt'), await logIn('jwt'), await logIn('opaque')];
  // An event that is still in Redis is lost with its region, as the page says.
  while (!(await callers.events(opaque.requestId)).includes('login_succeeded')) await wait(100);
  const revocation = await callers.revoke('jwt', revoked.access);
  if (revocation.status !== 200) throw new Error(`the revocation was answered ${revocation.status}`);
  const setting = `written-in${region.location}`.replace('/', '-');
  await callers.writeSetting(setting, name);
  return { browser, jwt, revoked, opaque, setting, value: name };
}

/** Checks which sessions and tokens of another region a region honours. */
export async function checkHeld(
  findings: Findings,
  { second, callers, held }: { second: Region; callers: Callers; held: Held },
): Promise<void> {
  const { browser, jwt, revoked, opaque, setting, value } = held;
  await findings.expect('JWT: valid at introspection', true, () => callers.isActive(jwt.access));
  await findings.expect('JWT: valid by the key set of the region', true, () => callers.isSigned(jwt.access));
  await findings.eventually('JWT that was revoked: refused', false, () => callers.isActive(revoked.access));
  await findings.eventually('setting: there', value, () => callers.setting(setting));
  await findings.eventually('security event of the login: there', true, async () =>
    (await callers.events(jwt.requestId)).includes('login_succeeded'),
  );
  await findings.expect('client: gets a token', 200, async () => {
    const { status } = await callers.token('jwt', { grant_type: 'client_credentials' });
    return status;
  });
  await findings.expect('opaque token: unknown here', false, () => callers.isActive(opaque.access));
  await findings.expect('refresh token: refused here', 400, async () => {
    const { status } = await callers.refresh('jwt', jwt.refresh);
    return status;
  });
  await findings.expect('session of a browser: unknown here', false, async () => {
    const page = await browser.walk(at(second), authorize({ ...request, prompt: 'none' }), {});
    return codeIn(page) !== undefined;
  });
}
