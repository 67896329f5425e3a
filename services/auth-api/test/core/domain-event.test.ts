import { createLogger } from '@gatehouse/service-kit/observability';
import { expect, it } from 'vitest';
import { createDomainEvent } from '../../src/core/domain-event.ts';

const silent = createLogger('events', { level: 'silent', format: 'json' });

it('every listener is told, in the order in which they follow, and the caller waits for all', async () => {
  const told: string[] = [];
  const event = createDomainEvent<[name: string]>('something happened', silent);
  event.follow((name) => void told.push(`first ${name}`));
  event.follow(async (name) => {
    await Promise.resolve();
    told.push(`second ${name}`);
  });
  await event.announce('a');
  expect(told).toEqual(['first a', 'second a']);
});

it('a listener that fails is logged and stops no other one, and the caller gets its failure', async () => {
  const told: string[] = [];
  const logged: object[] = [];
  const log = { ...silent, error: (facts: object) => void logged.push(facts) } as typeof silent;
  const event = createDomainEvent<[]>('something happened', log);
  const failure = new Error('the store is away');
  event.follow(() => {
    throw failure;
  });
  event.follow(() => void told.push('second'));
  await expect(event.announce()).rejects.toBe(failure);
  expect(told).toEqual(['second']);
  expect(logged).toEqual([{ err: failure, what: 'something happened' }]);
});

it('nobody needs to listen', async () => {
  await createDomainEvent('something happened', silent).announce();
});
