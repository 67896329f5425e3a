/** The composition of a service: each domain gets those before it, and all of them are started, judged, mounted and closed in the order of the list. */
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import type { App } from '../../src/http/app-type.ts';
import {
  closeDomains,
  compositionOf,
  type Domain,
  mountsOf,
  readinessChecks,
  reencryptDomains,
  startSteps,
} from '../../src/http/composition.ts';

type OfTest = Domain<'anybody' | 'operators'>;

const core = { log: 'nowhere' };
const check = async () => undefined;

describe('a list of domains', () => {
  it('gives each domain what is given and what those before it offer', () => {
    const { services, domains } = compositionOf<OfTest>()(core, { config: { size: 3 } })
      .with('low', (_core, { config }) => ({ services: { size: config.size } }))
      .with('high', (_core, { low }, before) => ({
        services: { double: 2 * low.size, below: before.length },
      }));
    expect(services).toEqual({ config: { size: 3 }, low: { size: 3 }, high: { double: 6, below: 1 } });
    expect(domains).toHaveLength(2);
  });

  it('is refused by the compiler where a domain needs a later one', () => {
    const needy = (_core: typeof core, { low }: { low: { size: number } }) => ({ services: low });
    const list = compositionOf<OfTest>()(core, { low: 'of another kind' });
    // @ts-expect-error: `low` is no such thing yet
    expect(list.with('high', needy).services).toBeDefined();
  });

  it('starts in its order, and begins background work after every start', async () => {
    const done: string[] = [];
    const named = (name: string): OfTest => ({
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
    const named = (name: string): OfTest => ({ close: () => void closed.push(name) });
    await expect(closeDomains([named('a'), { close: failing }, {}, named('b')])).rejects.toThrow('it hangs');
    expect(closed).toEqual(['b', 'a']);
  });

  it('encrypts again what each domain stores, and says what is left', async () => {
    const domains: OfTest[] = [
      { reencrypt: async () => ({ sealed: 2 }) },
      {},
      { reencrypt: async () => ({ sealed: 3, remaining: 1 }) },
    ];
    expect(await reencryptDomains(domains)).toEqual({ sealed: 5, remaining: 1 });
  });

  it('mounts for an audience the routes of each domain that has some for it, each in a scope of its own', async () => {
    const app = fastify() as unknown as App;
    const named = (name: string) => async (scope: App) => {
      scope.decorate('named', name);
      scope.get('', async () => name);
    };
    const mount = mountsOf<'anybody' | 'operators'>([
      { mounts: [['operators', '/keys', named('keys')]] },
      {
        mounts: [
          ['anybody', '/about', named('about')],
          ['anybody', '/help', named('help')],
        ],
      },
    ]);
    await mount(app, 'anybody');
    const statusOf = async (url: string) => (await app.inject(url)).statusCode;
    expect([await statusOf('/about'), await statusOf('/help'), await statusOf('/keys')]).toEqual([
      200, 200, 404,
    ]);
    await app.close();
  });
});
