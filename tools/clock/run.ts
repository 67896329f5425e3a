/** `npm run test:clock`: sets the clock of one replica and that of PostgreSQL, and prints what that did. */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { decodeJwt } from 'jose';
import { createFindings, type Findings } from '../regions/table.ts';
import { areReady, type Installation, startInstallation } from './installation.ts';

const [hour, day] = [3600, 86_400];
const jumps = [3, 40, hour, 100 * day, 400 * day].flatMap((seconds) => [seconds, -seconds]);
/** The work that deletes runs once a minute. */
const workMs = 65_000;

const usage = `Usage: npm run test:clock [-- options]

  --only WHOSE    only the clock of the "replica", or of "PostgreSQL"
`;

const { values } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean' } } });

/** By the clock of this process, which nobody sets. */
function isOfNow(jwt: string): boolean {
  const { iat = 0 } = decodeJwt(jwt);
  return Math.abs(Date.now() / 1000 - iat) < 5;
}

type State = 'ready' | 'second out' | 'all out';

const expected: Record<State, string> = {
  ready: 'true true / true true',
  'second out': 'true true / false false',
  'all out': 'false false / false false',
};

if (values.help) process.stdout.write(usage);
else process.exitCode = await run();

async function run(): Promise<number> {
  await using closers = new AsyncDisposableStack();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void closers.disposeAsync().finally(() => process.exit(130)));
  const installation = await startInstallation();
  closers.defer(() => installation.close());
  await installation.startSecond();
  const findings = createFindings();
  const parts: boolean[] = [];
  const { replica, postgres } = installation.clocks;
  await settled(installation, 'ready', findings, 'before');
  for (const seconds of values.only === 'PostgreSQL' ? [] : [-1, ...jumps]) {
    await jump(installation, { clock: replica, seconds, whose: 'replica' }, findings);
    parts.push(findings.print(`The clock of a replica is ${spoken(seconds)} ahead`));
  }
  if (values.only === 'replica') return parts.every(Boolean) ? 0 : 1;
  await installation.fakePostgres();
  await settled(installation, 'ready', findings, 'PostgreSQL has restarted');
  for (const seconds of [-1, ...jumps]) {
    await jump(installation, { clock: postgres, seconds, whose: 'PostgreSQL' }, findings);
    parts.push(findings.print(`The clock of PostgreSQL is ${spoken(seconds)} ahead`));
  }
  return parts.every(Boolean) ? 0 : 1;
}

interface Jump {
  clock: Installation['clocks']['replica'];
  seconds: number;
  whose: 'replica' | 'PostgreSQL';
}

async function jump(installation: Installation, { clock, seconds, whose }: Jump, findings: Findings) {
  const { good, second } = installation;
  const what = (text: string) => `${whose} ${seconds > 0 ? '+' : ''}${spoken(seconds)}: ${text}`;
  const isFar = Math.abs(seconds) > 3;
  const before = await installation.rows();
  const revoked = await good.callers.logIn('jwt');
  await good.callers.revoke('jwt', revoked.access);
  const [ofGood, ofSecond] = [await good.callers.logIn('opaque'), await second.callers.logIn('opaque')];

  clock.set(seconds);
  await wait(1500);
  // While nobody has noticed, and afterwards.
  for (const moment of ['at once', 'once noticed'] as const) {
    if (moment === 'once noticed' && isFar)
      await settled(
        installation,
        whose === 'replica' ? 'second out' : 'all out',
        findings,
        what('readiness'),
      );
    const late = await second.callers.logIn('jwt');
    await findings.expect(what(`${moment}: the token of the other replica is of now`), true, async () =>
      isOfNow(late.access),
    );
    await findings.expect(what(`${moment}: a person ends at the good replica`), 200, async () => {
      const { status } = await good.callers.endPerson();
      return status;
    });
    for (const [name, token] of Object.entries({ ofGood, ofSecond, late, revoked }))
      await findings.eventually(
        what(`${moment}: … and ${name} is dead everywhere`),
        'false false',
        async () =>
          [await good.callers.isActive(token.access), await second.callers.isActive(token.access)].join(' '),
      );
    await findings.eventually(what(`${moment}: … and the next sign-in lives`), true, async () => {
      const next = await good.callers.logIn('jwt');
      return good.callers.isActive(next.access);
    });
    const fromGood = await good.callers.logIn('jwt');
    await findings.expect(what(`${moment}: a person ends at the other replica`), 200, async () => {
      const { status } = await second.callers.endPerson();
      return status;
    });
    await findings.eventually(what(`${moment}: … and the token of the good one is dead`), false, () =>
      good.callers.isActive(fromGood.access),
    );
  }
  if (Math.abs(seconds) >= 100 * day && seconds > 0) await wait(workMs);
  clock.set(0);
  await settled(installation, 'ready', findings, what('back, readiness'));
  await findings.expect(what('nothing was deleted'), true, async () => {
    const after = await installation.rows();
    return Object.entries(before).every(([name, count]) => (after[name] ?? 0) >= count);
  });
}

async function settled({ good, second }: Installation, state: State, findings: Findings, what: string) {
  await findings.eventually(
    what,
    expected[state],
    async () => `${(await areReady(good)).join(' ')} / ${(await areReady(second)).join(' ')}`,
  );
}

function spoken(seconds: number): string {
  if (Math.abs(seconds) >= day) return `${seconds / day} d`;
  return Math.abs(seconds) >= hour ? `${seconds / hour} h` : `${seconds} s`;
}
