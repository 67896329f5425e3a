/** The domains of Auth API are named after their folders. They are started, judged and examined in the order of their list. */
import { readFileSync } from 'node:fs';
import { readinessChecks, startSteps } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from './stack/auth-api.ts';

/** Domains whose folder holds two of them, and the one that opens the stores in `core/`. */
const namedOtherwise: Readonly<Record<string, string>> = {
  storage: './core/open-core.ts',
  accessTokens: './tokens/compose-access.ts',
  ssoSettings: './sign-in/sso/compose-settings.ts',
  alertDelivery: './operations/alerts/compose-delivery.ts',
  administratorRoutes: './registry/administrators/compose-routes.ts',
};

describe('the list of the domains of Auth API', () => {
  const list = readFileSync(new URL('../src/domains.ts', import.meta.url), 'utf8');
  const listed = [...list.matchAll(/\.with\('(\w+)', (\w+)\)/g)].map(([, name = '', compose = '']) => ({
    name,
    compose,
    file: fileOf(compose),
  }));

  function fileOf(compose: string): string | undefined {
    return [...list.matchAll(/^import \{ (.+) \} from '(.+)';$/gm)].find(([, names]) =>
      names?.split(', ').includes(compose),
    )?.[2];
  }

  it('names each domain as the camel case of its folder', () => {
    const others = listed.filter(({ name }) => !(name in namedOtherwise));
    expect(others.length).toBeGreaterThan(30);
    expect(others.map(({ name }) => name)).toEqual(
      others.map(({ file }) => camelCase(/([\w-]+)\/compose\.ts$/.exec(file ?? '')?.[1] ?? '')),
    );
  });

  it('names the exceptions by their file, and no more', () => {
    const exceptions = listed.filter(({ name }) => name in namedOtherwise);
    expect(Object.fromEntries(exceptions.map(({ name, file }) => [name, file]))).toEqual(namedOtherwise);
  });

  it('composes each domain with the function of its name', () => {
    expect(listed.map(({ compose }) => compose)).toEqual(
      listed.map(({ name }) => `compose${name.charAt(0).toUpperCase()}${name.slice(1)}`),
    );
  });
});

const camelCase = (folder: string) => folder.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

describe('the domains of Auth API', () => {
  let stack: AuthApi;
  beforeAll(async () => {
    stack = await startAuthApi();
  });
  afterAll(() => stack?.close());

  it('follow changes and have probes only before the domains that gather these', () => {
    const { domains, diagnosis } = stack.deps;
    const gathersChanges = domains.findIndex(({ start }) => start?.some(({ name }) => name === 'changes'));
    const gathersProbes = domains.findIndex(({ services }) => services === diagnosis);
    expect(domains.findLastIndex(({ follows }) => follows !== undefined)).toBeLessThan(gathersChanges);
    expect(domains.findLastIndex(({ probes }) => probes !== undefined)).toBeLessThan(gathersProbes);
  });

  it('are judged and examined in the order that operators know', () => {
    const { domains, diagnosis } = stack.deps;
    expect(
      readinessChecks(domains)
        .map(({ name }) => name)
        .join(),
    ).toBe('redis,clock,cut-offs,ends,postgresql,configuration-servers,environment-api');
    expect(
      startSteps(domains)
        .map(({ name }) => name)
        .join(),
    ).toBe(
      'postgresql,redis,clock,cut-offs,signing-keys,signal-receivers,single-sign-on-keys,changes,background-work',
    );
    expect(diagnosis.probes.map(({ name }) => name).join()).toBe(
      'PostgreSQL,Redis,Clock,signing keys,Environment API,WAL archive,Passkeys,Configuration Servers,logins,Elasticsearch,Second audit destination,Consul,Trusted proxies,Names,Certificates,Replicas,Deprecated settings',
    );
  });
});
