/** Runs the trio behind one public address: Auth API, Environment API and Auth UI as they are, over HTTP. */
import { PassThrough } from 'node:stream';
import { consoleKeys, Secret } from '@gatehouse/service-kit/crypto';
import { freePort, startTcpProxy } from '@gatehouse/testing/network';
import { startRedis } from '@gatehouse/testing/redis';
import { vi } from 'vitest';
import { startGateway } from '../../../../tools/stack/gateway.ts';
import {
  environmentFieldsOf,
  serviceClient,
  sharedSettings,
  startAuthApi,
} from '../../../auth-api/test/stack/auth-api.ts';
import { addAdministrator } from '../../../auth-api/test/stack/console.ts';
import { startApi } from '../../../environment-api/test/running-api.ts';
import { createSeal } from '../../src/oauth-session/seal.ts';
import type { Session } from '../../src/oauth-session/session.ts';
import { buildTestApp } from '../test-app.ts';
import { createPerson, type Person } from './person.ts';

export type Stage = Awaited<ReturnType<typeof startStage>>;

/** People of the demo estate. */
export const people = {
  agent: { username: 'agent', password: 'demo-agent-password' },
  supervisor: { username: 'supervisor', password: 'demo-supervisor-password' },
  /** Administers the contact centre `demo`. */
  admin: { username: 'admin', password: 'demo-admin-password' },
} as const;

const cookieName = 'gatehouse-console';
const seal = createSeal(consoleKeys(new Secret(serviceClient.secret), 'session cookie'));

/** What the cookie of a person holds, for tests that look for it elsewhere or let time pass. */
const sessionOf = {
  cookieName,
  async read(person: Person): Promise<Session> {
    return (await seal.open(person.cookies.get(cookieName) ?? '')) as Session;
  },
  /** Changes it as only Auth UI can. */
  async change(person: Person, fields: Partial<Session>): Promise<void> {
    person.cookies.set(cookieName, await seal.seal({ ...(await sessionOf.read(person)), ...fields }));
  },
  /** The access token is nearly over. */
  age: (person: Person) => sessionOf.change(person, { expiresAtMs: Date.now() + 5_000 }),
};

export interface StageOptions {
  authApiEnv?: Record<string, string>;
  authUiEnv?: Record<string, string>;
  environmentApiEnv?: Record<string, string>;
  /** Of Auth API alone. */
  authApiNow?: () => number;
  /** Without it Auth UI does not know where Environment API is. */
  hasEnvironmentApi?: boolean;
}

export async function startStage(options: StageOptions = {}) {
  const [gatewayPort, authApiPort, internalPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const publicUrl = `http://localhost:${gatewayPort}`;
  const authApiUrl = `http://127.0.0.1:${authApiPort}`;
  const publicSettings = { GATEHOUSE_PUBLIC_URL: publicUrl, GATEHOUSE_ALLOW_PLAINTEXT_PUBLIC_URL: 'true' };
  const redis = await startRedis({ persistent: true });
  const environmentApi = await startApi({
    env: {
      ...sharedSettings,
      ...publicSettings,
      GATEHOUSE_REDIS_URL: redis.url,
      GATEHOUSE_AUTH_API_URL: authApiUrl,
      GATEHOUSE_AUTH_API_INTERNAL_URL: `http://127.0.0.1:${internalPort}`,
      ...options.environmentApiEnv,
    },
  });
  const [environmentApiUrl, environmentInternalUrl] = await Promise.all([
    environmentApi.app.listen({ host: '127.0.0.1', port: 0 }),
    environmentApi.internalApp.listen({ host: '127.0.0.1', port: 0 }),
  ]);
  const authApi = await startAuthApi({
    ...(options.authApiNow === undefined ? {} : { now: options.authApiNow }),
    env: {
      ...publicSettings,
      GATEHOUSE_REDIS_URL: redis.url,
      GATEHOUSE_ENVIRONMENT_API_URL: environmentInternalUrl,
      GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1',
      GATEHOUSE_AUTHORITY_MAPPING: 'group:Administrators=ROLE_CONTACT_CENTER_ADMIN',
      ...options.authApiEnv,
    },
  });
  await authApi.app.listen({ host: '127.0.0.1', port: authApiPort });
  const authApiInternalUrl = await authApi.internalApp.listen({ host: '127.0.0.1', port: internalPort });
  // What Auth UI calls, so that a test can cut it off.
  const toAuthApi = await startTcpProxy(() => authApiPort);
  const toEnvironmentApi = await startTcpProxy(() => Number(new URL(environmentApiUrl).port));
  const logged: string[] = [];
  async function startAuthUi(env = options.authUiEnv) {
    const app = await buildTestApp({
      authApiUrl: `http://127.0.0.1:${toAuthApi.port}`,
      publicUrl,
      log: new PassThrough().on('data', (chunk) => logged.push(String(chunk))),
      env: {
        ...sharedSettings,
        GATEHOUSE_AUTH_API_INTERNAL_URL: authApiInternalUrl,
        ...(options.hasEnvironmentApi === false
          ? {}
          : { GATEHOUSE_ENVIRONMENT_API_URL: `http://127.0.0.1:${toEnvironmentApi.port}` }),
        ...env,
      },
    });
    return { app, url: await app.listen({ host: '127.0.0.1', port: 0 }) };
  }

  const { app: authUi, url: authUiUrl } = await startAuthUi();
  const gateway = await startGateway({
    port: gatewayPort,
    publicUrl,
    authApi: authApiUrl,
    authUi: authUiUrl,
    environmentApi: environmentApiUrl,
  });
  await vi.waitFor(() => authApi.deps.changes.assertDeactivationsKnown(), { timeout: 10_000 });
  const created = await environmentApi.call('POST', '/environments', {
    payload: { data: { ...environmentFieldsOf(authApi.simulator.port), tlsEnabled: false } },
  });
  if (created.status !== 200) throw new Error(created.text);
  const environmentId = created.body.data.id as string;
  const contactCenterId = await environmentApi.contactCenter({
    environmentId,
    name: 'Demo',
    domains: ['demo'],
  });
  const newPerson = () => createPerson(publicUrl);
  return {
    publicUrl,
    authApi,
    environmentApi,
    authUi,
    /** Another replica of Auth UI, which no browser is led to. */
    startAuthUi,
    /** Ways of Auth UI to the APIs, which can be cut. */
    toAuthApi,
    toEnvironmentApi,
    environmentId,
    contactCenterId,
    /** A browser of its own. */
    newPerson,
    /** At the first page of the console, with the right to administer the contact centre `demo`. */
    async contactCenterAdministrator(): Promise<Person> {
      const person = newPerson();
      await person.openAs('/auth/console', people.admin);
      return person;
    },
    /**
     * At the first page of the console, on the list of installation administrators. `office`: the domain of a contact centre
     * of their own, so that `demo` is no place of administrators.
     */
    async installationAdministrator(office?: string): Promise<Person> {
      const tenant = office ?? 'demo';
      if (office !== undefined)
        await environmentApi.contactCenter({ environmentId, name: 'Office', domains: [office] });
      const added = await addAdministrator(authApi, {
        user: people.supervisor.username,
        contactCenter: tenant,
      });
      if (added.status !== 200 && added.status !== 409) throw new Error(added.body);
      // The entry counts for sign-ins since it was made.
      const person = newPerson();
      const { heading } = await person.openAs('/auth/console', { ...people.supervisor, tenant });
      if (heading !== 'Home') throw new Error(`the right did not arrive: ${heading}`);
      return person;
    },
    session: sessionOf,
    /** Everything that Auth UI logged. */
    authUiLogged: () => logged.join(''),
    async close() {
      await gateway.close();
      await authUi.close();
      await authApi.close();
      toAuthApi.close();
      toEnvironmentApi.close();
      await environmentApi.close();
      await redis.close();
    },
  };
}
