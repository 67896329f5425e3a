/** The domains of Environment API are started, judged and examined in the order of their list. */
import { readinessChecks, startSteps } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

const namesOf = (all: readonly { name: string }[]) => all.map(({ name }) => name).join();

describe('the domains of Environment API', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api?.close());

  it('have probes only before the domain that gathers these', () => {
    const { domains, diagnosis } = api.deps;
    const gathers = domains.findIndex(({ services }) => services === diagnosis);
    expect(domains.findLastIndex(({ probes }) => probes !== undefined)).toBeLessThan(gathers);
  });

  it('are judged and examined in the order that operators know', () => {
    const { domains, diagnosis } = api.deps;
    expect(namesOf(readinessChecks(domains))).toBe('postgresql,clock,redis,auth-api');
    expect(namesOf(startSteps(domains))).toBe('postgresql,redis,clock,background-work');
    expect(namesOf(diagnosis.probes)).toBe(
      'PostgreSQL,Redis,Clock,WAL archive,stored secrets,Auth API,Elasticsearch,Second audit destination,Consul,LDAP directories,Trusted proxies,Names,Certificates,Deprecated settings',
    );
  });
});
