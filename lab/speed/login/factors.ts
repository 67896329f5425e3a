/** Gives people of the bench second factors, which they can give as often as they sign in. */
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { type TOTP, URI } from 'otpauth';
import pg from 'pg';
import type { BenchStack } from '../bench-stack.ts';
import { sendJson } from '../requests.ts';
import { comparedTargetOf } from './targets.ts';
import type { LoginTarget } from './whole-login.ts';

/** The same time step counts again and again: the bench signs one person in more often than twice a minute. */
const countAgain = `
  CREATE FUNCTION auth.count_again() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.last_step := 0; RETURN NEW; END';
  CREATE TRIGGER count_again BEFORE UPDATE ON auth.totp FOR EACH ROW EXECUTE FUNCTION auth.count_again()`;

/** The target with the app, or the passkey, of its user. */
export async function withFactor(stack: BenchStack, factor: 'totp' | 'passkey'): Promise<LoginTarget> {
  const target = comparedTargetOf(stack);
  const { username = '', tenant = '', password = '' } = target.fields;
  const cookie = await signedIn(stack, { username, tenant, password });
  const call = (path: string, data: object = {}) =>
    sendAs(cookie, target.origin, `${stack.authApiUrl}/auth/v3/factors${path}`, { data });
  // People add factors where the contact centre offers them. Afterwards the application alone asks for one.
  await setMode(stack, 'offered');
  const given = factor === 'totp' ? await addApp(stack, target, call) : await addPasskey(target, call);
  await setMode(stack, 'off');
  return given;
}

type Call = (path: string, data?: object) => Promise<never>;

async function addApp(stack: BenchStack, target: LoginTarget, call: Call): Promise<LoginTarget> {
  const { data } = (await call('/totp', { name: 'Bench' })) as { data: { id: string; uri: string } };
  const app = URI.parse(data.uri) as TOTP;
  await call(`/totp/${data.id}/confirm`, { code: app.generate() });
  const client = new pg.Client({ connectionString: stack.postgresUrl });
  await client.connect();
  await client.query(countAgain);
  await client.query('UPDATE auth.totp SET last_step = 0');
  await client.end();
  const { fields } = target;
  return {
    ...target,
    fields: {
      ...fields,
      get code() {
        return app.generate();
      },
    },
  };
}

async function addPasskey(target: LoginTarget, call: Call): Promise<LoginTarget> {
  // Most telephones and computers count nothing.
  const authenticator = createAuthenticator({ counts: false });
  const { data } = (await call('/passkeys/options')) as { data: never };
  await call('/passkeys', { name: 'Bench', answer: authenticator.create(data, { origin: target.origin }) });
  return { ...target, authenticator };
}

const setMode = ({ services, contactCenterId, operator }: BenchStack, mode: string) =>
  sendJson(
    'PATCH',
    `${services['environment-api'].url}/environment/v3/contact-centers/${contactCenterId}`,
    { data: { secondFactor: { mode } } },
    operator,
  );

/** The cookies of a new session. */
async function signedIn({ authApiUrl, publicUrl }: BenchStack, data: object): Promise<string> {
  const answer = await fetch(`${authApiUrl}/auth/v3/sign-in`, {
    method: 'POST',
    headers: { origin: new URL(publicUrl).origin, 'content-type': 'application/json' },
    body: JSON.stringify({ data }),
  });
  if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

async function sendAs(cookie: string, origin: string, url: string, body: object): Promise<never> {
  const headers = { cookie, origin, 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as never;
}
