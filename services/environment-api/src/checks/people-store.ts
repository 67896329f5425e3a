/** Examines the people store of an environment: whether it can be read, and how many can sign in. */
import type { PeopleStep } from '@gatehouse/contracts/environment-administration';
import { saidAs } from '@gatehouse/service-kit/health';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import { readHeadCount } from '../people/counts.ts';

/** Never rejects: a failure is the result of its step. */
export async function examinePeopleStore(db: Queryable, environmentId: string): Promise<PeopleStep[]> {
  const startedMs = performance.now();
  const count = await readHeadCount(db, environmentId).catch(() => undefined);
  const durationMs = Math.round(performance.now() - startedMs);
  const step = (name: PeopleStep['step'], status: PeopleStep['status'], said: Said): PeopleStep => ({
    step: name,
    ...saidAs(status, [said]),
    status,
    durationMs: name === 'store' ? durationMs : 0,
  });
  const skipped = (name: PeopleStep['step']) => step(name, 'skipped', say('check.needsBefore'));
  if (count === undefined)
    return [
      step('store', 'failed', say('check.store.unread', { command: 'gatehouse doctor' })),
      skipped('people'),
      skipped('passwords'),
    ];
  const store = step('store', 'ok', say('check.store.read'));
  const { active, people, withPassword } = count;
  if (active === 0)
    return [
      store,
      step('people', 'failed', say('check.store.nobody', { command: 'gatehouse people import' })),
      skipped('passwords'),
    ];
  return [
    store,
    step('people', 'ok', say('check.store.active', { active, people })),
    withPassword === 0
      ? step('passwords', 'skipped', say('check.store.noPasswords'))
      : step('passwords', 'ok', say('check.store.passwords', { count: withPassword })),
  ];
}
