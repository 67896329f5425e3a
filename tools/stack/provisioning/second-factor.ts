/** Makes the contact centre of `npm start -- --second-factor`, by the calls that its operator and its people make. */
import { type TOTP, URI } from 'otpauth';
import { z } from 'zod';
import { PlainError } from '../../bootstrap/progress.mjs';
import { type DemoUser, operator, secondFactor } from './demo.ts';
import { createInstaller } from './installer-http.ts';
import { providePeople } from './people.ts';

export interface FactorUser extends DemoUser {
  /** Of the app for one-time codes, with its secret. Absent: the person has none. */
  app?: { secret: string; uri: string };
}

export interface FactorPlan {
  publicUrl: string;
  /** Where the public host is reached. */
  localUrl: string;

  apps: KeptApps;
}

export interface KeptApps {
  read(): Record<string, KeptApp>;
  write(apps: Record<string, KeptApp>): void;
}

export const appSchema = z.object({ id: z.string(), secret: z.string(), uri: z.string() });
type KeptApp = z.infer<typeof appSchema>;

/** Safe to repeat: what somebody has changed since stays. @returns those who can sign in */
export async function provideSecondFactors(plan: FactorPlan): Promise<FactorUser[]> {
  const { localUrl, apps } = plan;
  const installer = createInstaller(localUrl, operator);
  const { environmentId, contactCenterId, contactCenter, policy } = secondFactor;
  const environment = { id: environmentId, name: secondFactor.environmentName, directory: 'people' };
  await installer.create('/environment/v3/environments', environment);
  const path = '/environment/v3/contact-centers';
  const center = { ...contactCenter, environmentId };
  // As long as factors are only offered, a person adds the first one after a sign-in by password.
  if ((await installer.get(`${path}/${contactCenterId}`)) === undefined)
    await installer.send('POST', path, { id: contactCenterId, ...center, secondFactor: { mode: 'offered' } });
  const people = await providePeople(localUrl, contactCenterId, secondFactor.users);

  const kept = apps.read();
  const withoutApp = people.filter(
    ({ username }) => secondFactor.withApp.includes(username) && !(username in kept),
  );
  for (const person of withoutApp) kept[person.username] = await addApp(person, plan);
  if (withoutApp.length > 0) {
    await installer.send('PUT', `${path}/${contactCenterId}`, { ...center, secondFactor: policy });
    apps.write(kept);
  }

  const shown = people.map(async (person): Promise<FactorUser> => {
    const { id, ...app } = kept[person.username] ?? {};
    const query = new URLSearchParams({ user: person.username, contactCenter: person.tenant });
    const held = (await installer.get(`/auth/v3/ops/people/factors?${query}`)) as HeldFactors | undefined;
    const holds = held?.factors.some((factor) => factor.id === id) ?? false;
    return holds ? { ...person, app: app as Required<FactorUser>['app'] } : person;
  });
  return Promise.all(shown);
}

interface HeldFactors {
  factors: { id: string }[];
}

/** As the account area does for a person who has just signed in. */
async function addApp(person: DemoUser, { publicUrl, localUrl }: FactorPlan): Promise<KeptApp> {
  let cookie = '';
  const call = async (path: string, body: object): Promise<Answer> => {
    const response = await fetch(`${localUrl}/auth/v3${path}`, {
      method: 'POST',
      headers: { origin: publicUrl, cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (!response.ok)
      throw new PlainError(
        `The app of ${person.tenant}\\${person.username} was refused (${response.status}): ${text.slice(0, 500)}\n` +
          'Start fresh with: npm start -- --second-factor --reset',
      );
    const pairs = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
    return { pairs, data: JSON.parse(text).data };
  };
  const { pairs } = await call('/sign-in', person);
  cookie = pairs.join('; ');
  const started = await call('/factors/totp', { data: { name: 'Demo app' } });
  const { id, secret, uri } = appSchema.parse(started.data);
  await call(`/factors/totp/${id}/confirm`, { data: { code: (URI.parse(uri) as TOTP).generate() } });
  return { id, secret, uri };
}

interface Answer {
  pairs: string[];
  data: unknown;
}
