/** Lets a clock jump while both replicas run, and ends people at each of them at once and afterwards. */
import { setTimeout as wait } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import type { Findings } from '../../harness/findings.ts';
import { areReady, type Installation } from './installation.ts';

const [hour, day] = [3600, 86_400];
export const differences = [3, 40, hour, 100 * day, 400 * day].flatMap((seconds) => [seconds, -seconds]);
/** Beyond it a replica is out of service. */
const limitSeconds = 3;
/** The work that deletes runs once a minute. */
const workMs = 65_000;

/** Auth API and Environment API of the good replica, then those of the second one. */
const expected = {
  ready: 'true true / true true',
  'second out': 'true true / false false',
  'all out': 'false false / false false',
};

export async function settled(
  { good, second }: Installation,
  state: keyof typeof expected,
  findings: Findings,
  what: string,
) {
  await findings.eventually(
    what,
    expected[state],
    async () => `${(await areReady(good)).join(' ')} / ${(await areReady(second)).join(' ')}`,
  );
}

/** A clock, and by how much it is wrong. */
interface Jump {
  clock: Installation['clocks']['replica'];
  seconds: number;
  whose: 'replica' | 'PostgreSQL';
}

export async function checkJump(
  installation: Installation,
  { clock, seconds, whose }: Jump,
  findings: Findings,
) {
  const { good, second } = installation;
  const what = (text: string) => `${whose} ${seconds > 0 ? '+' : ''}${spoken(seconds)}: ${text}`;
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
  if (whose === 'replica') await checkSecondStep(installation.secondStep, seconds, findings, what);
  if (Math.abs(seconds) > limitSeconds)
    await settled(installation, whose === 'replica' ? 'second out' : 'all out', findings, what('readiness'));
  await checkEnds(installation, tokens, findings, (text) => what(`once noticed: ${text}`));
  if (seconds >= 100 * day) await wait(workMs);
  clock.set(0);
  await settled(installation, 'ready', findings, what('back, readiness'));
  await expectKept(installation, before, findings, what('nothing was deleted'));
}

/** Beyond it no code of a wrong clock is one of now (RFC 6238 section 5.2). */
const driftSeconds = 90;
const waitingMs = 600_000;

/** The replica with the wrong clock takes the codes of now, and its sign-ins wait no longer than those of the other one. */
async function checkSecondStep(
  { begin, give, unusedMs }: Installation['secondStep'],
  seconds: number,
  findings: Findings,
  what: (text: string) => string,
) {
  const waiting = await begin();
  const endsInMs = Date.parse(waiting.view.expiresAt) - Date.now();
  await findings.expect(
    what('a sign-in waits for ten minutes'),
    true,
    async () => Math.abs(endsInMs - waitingMs) < 5000,
  );
  if (Math.abs(seconds) > driftSeconds)
    await findings.expect(what('a code of its own clock is refused'), 403, () =>
      give(waiting, Date.now() + seconds * 1000),
    );
  const again = Math.abs(seconds) > driftSeconds ? await begin() : waiting;
  await findings.expect(what('a code of now signs in'), 200, async () => give(again, await unusedMs()));
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

/** By the clock of this process, which nobody sets. */
function isOfNow(jwt: string): boolean {
  const { iat = 0 } = decodeJwt(jwt);
  return Math.abs(Date.now() / 1000 - iat) < 5;
}

export function spoken(seconds: number): string {
  if (Math.abs(seconds) >= day) return `${seconds / day} d`;
  return Math.abs(seconds) >= hour ? `${seconds / hour} h` : `${seconds} s`;
}

/** Nothing may be gone that only its age ends. */
async function expectKept(
  { rows }: Installation,
  before: Record<string, number>,
  findings: Findings,
  what: string,
) {
  await findings.expect(what, true, async () => {
    const after = await rows();
    return Object.entries(before).every(([name, count]) => (after[name] ?? 0) >= count);
  });
}
