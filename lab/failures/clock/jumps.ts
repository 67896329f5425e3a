/** Lets a clock jump while both replicas run, and ends people at each of them at once and afterwards. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Findings } from '../../harness/findings.ts';
import type { Installation } from './installation.ts';
import { day, expectKept, isOfNow, limitSeconds, named, settled, type Wrong, workMs } from './wrong.ts';

export async function checkJump(
  installation: Installation,
  { clock, seconds, whose }: Wrong,
  findings: Findings,
) {
  const { good, second } = installation;
  const what = (text: string) => `${named(whose, seconds)}: ${text}`;
  const before = await installation.rows();
  const revoked = await good.callers.logIn('jwt');
  await good.callers.revoke('jwt', revoked.access);
  const tokens = {
    ofGood: await good.callers.logIn('opaque'),
    ofSecond: await second.callers.logIn('opaque'),
    revoked,
  };

  clock.set(seconds);
  await wait(1500);
  // While nobody has noticed, and afterwards.
  await checkEnds(installation, tokens, findings, (text) => what(`at once: ${text}`));
  if (Math.abs(seconds) > limitSeconds)
    await settled(installation, whose === 'replica' ? 'second out' : 'all out', findings, what('readiness'));
  await checkEnds(installation, tokens, findings, (text) => what(`once noticed: ${text}`));
  if (seconds >= 100 * day) await wait(workMs);
  clock.set(0);
  await settled(installation, 'ready', findings, what('back, readiness'));
  await expectKept(installation, before, findings, what('nothing was deleted'));
}

/** Ends a person at each replica. */
async function checkEnds(
  { good, second }: Installation,
  tokens: Record<string, { access: string }>,
  findings: Findings,
  what: (text: string) => string,
) {
  const late = await second.callers.logIn('jwt');
  await findings.expect(what('the token of the other replica is of now'), true, async () =>
    isOfNow(late.access),
  );
  await findings.expect(what('a person ends at the good replica'), 200, async () => {
    const { status } = await good.callers.endPerson();
    return status;
  });
  for (const [name, token] of Object.entries({ ...tokens, late }))
    await findings.eventually(what(`… and ${name} is dead everywhere`), 'false false', async () =>
      [await good.callers.isActive(token.access), await second.callers.isActive(token.access)].join(' '),
    );
  await findings.eventually(what('… and the next sign-in lives'), true, async () => {
    const next = await good.callers.logIn('jwt');
    return good.callers.isActive(next.access);
  });
  const fromGood = await good.callers.logIn('jwt');
  await findings.expect(what('a person ends at the other replica'), 200, async () => {
    const { status } = await second.callers.endPerson();
    return status;
  });
  await findings.eventually(what('… and the token of the good one is dead'), false, () =>
    good.callers.isActive(fromGood.access),
  );
}
