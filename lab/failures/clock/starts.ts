/** Starts a replica where its clock or that of PostgreSQL is wrong already, or PostgreSQL is away, and watches what it issues. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Findings } from '../../harness/findings.ts';
import { areReady, type Installation } from './installation.ts';
import { day, expectKept, isOfNow, limitSeconds, named, settled, type Wrong, workMs } from './wrong.ts';

/** A start takes about three seconds. */
const watchedMs = 8000;

export async function checkStart(
  installation: Installation,
  { clock, seconds, whose }: Wrong,
  findings: Findings,
) {
  const { good, stopSecond, startSecond } = installation;
  const what = (text: string) => `${named(whose, seconds)} at the start: ${text}`;
  const isFar = Math.abs(seconds) > limitSeconds;
  const before = await installation.rows();
  const revoked = await good.callers.logIn('jwt');
  await good.callers.revoke('jwt', revoked.access);

  await stopSecond();
  clock.set(seconds);
  // Running programs notice within a second.
  await wait(1500);
  await startSecond();
  await watch(installation, isFar, findings, what);
  if (isFar)
    await settled(installation, whose === 'replica' ? 'second out' : 'all out', findings, what('readiness'));
  if (whose === 'replica')
    await findings.expect(what('the good replica serves'), true, async () => {
      const { access } = await good.callers.logIn('jwt');
      return good.callers.isActive(access);
    });
  if (seconds >= 100 * day) await wait(workMs);
  await expectKept(installation, before, findings, what('nothing was deleted'));

  clock.set(0);
  await checkHealed(installation, revoked.access, findings, what);
}

/** The clock of the replica is wrong, or right for 0, and nothing can tell it. */
export async function checkStartWithoutPostgres(
  installation: Installation,
  seconds: number,
  findings: Findings,
) {
  const { good, postgres, clocks, stopSecond, startSecond } = installation;
  const what = (text: string) => `${named('replica', seconds)}, PostgreSQL away at the start: ${text}`;
  const revoked = await good.callers.logIn('jwt');
  await good.callers.revoke('jwt', revoked.access);
  const alive = await good.callers.logIn('opaque');
  await stopSecond();
  clocks.replica.set(seconds);
  await postgres.stop();
  await startSecond();
  await watch(installation, true, findings, what);
  await settled(installation, 'second out, without PostgreSQL', findings, what('readiness'));
  await findings.expect(what('the good replica knows its tokens'), true, () =>
    good.callers.isActive(alive.access),
  );
  await postgres.start();
  const isFar = Math.abs(seconds) > limitSeconds;
  await settled(
    installation,
    isFar ? 'second out' : 'ready',
    findings,
    what('PostgreSQL is back, readiness'),
  );
  if (isFar) await watch(installation, true, findings, (text) => what(`PostgreSQL is back: ${text}`));
  clocks.replica.set(0);
  await checkHealed(installation, revoked.access, findings, what);
}

/** Asks again and again from the first moment on, as a balancer does that has no better replica. */
async function watch(
  { second }: Installation,
  isOut: boolean,
  findings: Findings,
  what: (text: string) => string,
) {
  const seen = { ready: 0, wrong: 0 };
  for (const endMs = performance.now() + watchedMs; performance.now() < endMs; ) {
    const [{ access }, ready] = await Promise.all([second.callers.logIn('jwt'), areReady(second)]);
    if (access !== '' && !isOfNow(access)) seen.wrong += 1;
    if (ready.includes(true)) seen.ready += 1;
    await wait(50);
  }
  if (isOut) await findings.expect(what('it is never ready'), 0, async () => seen.ready);
  await findings.expect(what('it issues nothing that is not of now'), 0, async () => seen.wrong);
}

/** The replica goes on by itself. */
async function checkHealed(
  installation: Installation,
  revoked: string,
  findings: Findings,
  what: (text: string) => string,
) {
  const { good, second } = installation;
  await settled(installation, 'ready', findings, what('back, readiness'));
  await findings.expect(what('back, it issues what the good replica takes'), 'true true', async () => {
    const { access, status } = await second.callers.logIn('jwt');
    return access === '' ? `answered ${status}` : `${isOfNow(access)} ${await good.callers.isActive(access)}`;
  });
  await findings.expect(what('back, what was revoked before is dead'), false, () =>
    second.callers.isActive(revoked),
  );
}
