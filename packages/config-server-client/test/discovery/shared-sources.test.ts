import { describe, expect, it } from 'vitest';
import type { Endpoint, EndpointSource } from '../../src/discovery/endpoint-source.ts';
import { createSharedSources } from '../../src/discovery/shared-sources.ts';

function fixture() {
  const events: string[] = [];
  const listeners = new Set<(endpoints: readonly Endpoint[]) => void>();
  const create = (name: string) => (): EndpointSource => {
    events.push(`created ${name}`);
    return {
      current: () => [{ host: name, port: 1 }],
      problem: `problem of ${name}`,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close: async () => {
        events.push(`closed ${name}`);
      },
    };
  };
  return { sources: createSharedSources(), events, listeners, create };
}

describe('shared sources', () => {
  it('are created once and closed with their last user', async () => {
    const { sources, events, create } = fixture();
    const first = sources.acquire('a', create('a'));
    const second = sources.acquire('a', create('a'));
    expect(second.current()).toEqual([{ host: 'a', port: 1 }]);
    expect(second.problem).toBe('problem of a');
    await first.close();
    await first.close();
    expect(events).toEqual(['created a']);
    await second.close();
    expect(events).toEqual(['created a', 'closed a']);
  });

  it('hand the list on when the successor comes before its predecessor goes', async () => {
    const { sources, events, create } = fixture();
    const old = sources.acquire('a', create('a'));
    const successor = sources.acquire('a', create('a'));
    await old.close();
    await successor.close();
    sources.acquire('a', create('a'));
    expect(events).toEqual(['created a', 'closed a', 'created a']);
  });

  it('end the subscriptions of the user that leaves, not those of the others', async () => {
    const { sources, listeners, create } = fixture();
    const [first, second] = [sources.acquire('a', create('a')), sources.acquire('a', create('a'))];
    const end = first.subscribe(() => undefined);
    first.subscribe(() => undefined);
    second.subscribe(() => undefined);
    end();
    expect(listeners.size).toBe(2);
    await first.close();
    expect(listeners.size).toBe(1);
    first.subscribe(() => undefined);
    expect(listeners.size).toBe(1);
  });

  it('are all closed at the end, and once only', async () => {
    const { sources, events, create } = fixture();
    const view = sources.acquire('a', create('a'));
    sources.acquire('b', create('b'));
    await sources.closeAll();
    expect(events.slice(2).sort()).toEqual(['closed a', 'closed b']);
    await view.close();
  });
});
