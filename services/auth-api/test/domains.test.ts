/** The domains: each gets those before it, and all of them are started, judged and closed in the order of the list. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, closeDomains, readinessChecks, startSteps } from '../src/core/composition.ts';
import type { Core } from '../src/core/core.ts';
import type { Domain } from '../src/core/domain.ts';
import { type AuthApi, startAuthApi } from './stack/auth-api.ts';

const core = {} as Core;
const check = async () => undefined;

describe('a list of domains', () => {
  it('gives each domain what is given and what those before it offer', () => {
    const { services, domains } = begin(core, { config: { size: 3 } })
      .with('low', (_core, { config }) => ({ services: { size: config.size } }))
      .with('high', (_core, { low }, before) => ({
        services: { double: 2 * low.size, below: before.length },
      }));
    expect(services).toEqual({ config: { size: 3 }, low: { size: 3 }, high: { double: 6, below: 1 } });
    expect(domains).toHaveLength(2);
  });

  it('is refused by the compiler where a domain needs a later one', () => {
    const needy = (_core: Core, { low }: { low: { size: number } }) => ({ services: low });
    const list = begin(core, { low: 'of another kind' });
    // @ts-expect-error: `low` is no such thing yet
    expect(list.with('high', needy).services).toBeDefined();
  });

  it('starts in its order, and begins background work after every start', async () => {
    const done: string[] = [];
    const named = (name: string): Domain => ({
      start: [{ name, run: () => void done.push(`start of ${name}`) }],
      work: () => void done.push(`work of ${name}`),
    });
    for (const { run } of startSteps([named('a'), named('b')])) await run();
    expect(done).toEqual(['start of a', 'start of b', 'work of a', 'work of b']);
  });

  it('names first the checks that stop traffic', () => {
    const advisory = { name: 'a', isAdvisory: true, check };
    const checks = readinessChecks([
      { ready: [advisory, { name: 'b', check }] },
      { ready: [{ name: 'c', check }] },
    ]);
    expect(checks.map(({ name }) => name)).toEqual(['b', 'c', 'a']);
  });

  it('closes the last domain first, and every one although one fails', async () => {
    const closed: string[] = [];
    const failing = async () => {
      throw new Error('it hangs');
    };
    const named = (name: string): Domain => ({ close: () => void closed.push(name) });
    await expect(closeDomains([named('a'), { close: failing }, {}, named('b')])).rejects.toThrow('it hangs');
    expect(closed).toEqual(['b', 'a']);
  });
});

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
