/** Examines the people store of an environment: whether it can be read, and how many can sign in. */
import type { PeopleStep } from '@gatehouse/contracts/environment-administration';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { readHeadCount } from '../people/head-count.ts';

/** Never rejects: a failure is the result of its step. */
export async function examinePeopleStore(db: Queryable, environmentId: string): Promise<PeopleStep[]> {
  const startedMs = performance.now();
  const count = await readHeadCount(db, environmentId).catch(() => undefined);
  const durationMs = Math.round(performance.now() - startedMs);
  const step = (name: PeopleStep['step'], status: PeopleStep['status'], message: string): PeopleStep => ({
    step: name,
    status,
    message,
    durationMs: name === 'store' ? durationMs : 0,
  });
  const skipped = (name: PeopleStep['step']) => step(name, 'skipped', 'Needs the step before.');
  if (count === undefined) {
    const message =
      'The table of people cannot be read: see gatehouse doctor, and the log of Environment API';
    return [step('store', 'failed', message), skipped('people'), skipped('passwords')];
  }
  const store = step('store', 'ok', 'The people store can be read.');
  if (count.active === 0) {
    const message =
      'Nobody is active, so no login can succeed: provision people by SCIM, or with gatehouse people import';
    return [store, step('people', 'failed', message), skipped('passwords')];
  }
  return [
    store,
    step('people', 'ok', `Active people: ${count.active} of ${count.people}.`),
    count.withPassword === 0
      ? step('passwords', 'skipped', 'Nobody has a password: people sign in by single sign-on only.')
      : step('passwords', 'ok', `Of these, ${count.withPassword} can sign in with a password.`),
  ];
}
