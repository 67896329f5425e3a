import { describe, expect, it } from 'vitest';
import { KnownEndpoints } from '../../src/discovery/known-endpoints.ts';
import { silentLogger } from '../../src/surroundings/log.ts';

const [a, b] = [
  { host: 'a.test', port: 8888 },
  { host: 'b.test', port: 8888 },
];

function create(initial = [a]) {
  const warnings: string[] = [];
  const counted: (number | string)[] = [];
  const known = new KnownEndpoints({
    registry: 'the registry',
    initial,
    log: { ...silentLogger, warn: (fields) => warnings.push((fields as { problem: string }).problem) },
    metrics: { answered: (count) => counted.push(count), failed: (reason) => counted.push(reason) },
  });
  const lists: number[] = [];
  known.subscribe((endpoints) => lists.push(endpoints.length));
  return { known, warnings, counted, lists };
}

describe('known endpoints', () => {
  it('begin with those from the configuration and say that the registry has not answered', () => {
    const { known } = create();
    expect(known.current).toEqual([a]);
    expect(known.problem).toBe('the registry has not answered yet');
  });

  it('outlive failures and empty answers', () => {
    const { known, lists, counted } = create();
    known.accept([a, b], 'empty');
    known.fail('timeout', 'no answer');
    known.accept([], 'nothing listed');
    expect(known.current).toEqual([a, b]);
    expect(known.problem).toBe('nothing listed');
    expect(lists).toEqual([2]);
    expect(counted).toEqual([2, 'timeout', 0]);
  });

  it('warn once for each new problem and recover silently for their readers', () => {
    const { known, warnings } = create();
    for (let attempt = 0; attempt < 5; attempt += 1) known.fail('timeout', 'no answer');
    known.fail('error-status', 'answered 500');
    known.accept([a], 'empty');
    expect(known.problem).toBeUndefined();
    known.fail('timeout', 'no answer');
    expect(warnings).toEqual(['no answer', 'answered 500', 'no answer']);
  });

  it('are announced with the first answer, then only when something about them changed', () => {
    const { known, lists } = create();
    known.accept([a], 'empty');
    known.accept([{ ...a, draining: false }], 'empty');
    expect(lists).toEqual([1]);
    known.accept([{ ...a, draining: true }], 'empty');
    known.accept([{ ...a, role: 'backup' }], 'empty');
    known.accept([b, a], 'empty');
    known.accept([a, b], 'empty');
    expect(lists).toEqual([1, 1, 1, 2, 2]);
  });

  it('outlive listeners and metrics that throw', () => {
    const broken = () => {
      throw new Error('broken');
    };
    const errors: string[] = [];
    const known = new KnownEndpoints({
      registry: 'the registry',
      log: { ...silentLogger, error: (_fields, message) => errors.push(message) },
      metrics: { answered: broken, failed: broken },
    });
    const heard: number[] = [];
    known.subscribe(broken);
    known.subscribe((endpoints) => heard.push(endpoints.length));
    known.accept([a], 'empty');
    known.fail('timeout', 'no answer');
    expect(heard).toEqual([1]);
    expect(known.problem).toBe('no answer');
    expect(errors).toHaveLength(3);
  });

  it('hold an address once, at its better place', () => {
    const { known } = create();
    known.accept([b, { ...a, id: 'new' }, { ...a, id: 'old', draining: true }], 'empty');
    expect(known.current).toEqual([b, { ...a, id: 'new' }]);
  });
});
