/** The domains of Auth API are started, judged and examined in the order of their list. */
import { readinessChecks, startSteps } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from './stack/auth-api.ts';

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
      'PostgreSQL,Redis,Clock,signing keys,Environment API,Configuration Servers,logins,Elasticsearch,Second audit destination,Consul,Trusted proxies',
    );
  });
});
