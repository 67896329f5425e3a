/** Lets one of two OpenLDAP servers fail while people sign in, and sees who got in and how soon all did again. */
import { setTimeout as wait } from 'node:timers/promises';
import { ldapNames, personDn } from '@gatehouse/testing/ldap';
import type { Call } from '../../harness/calls.ts';
import { isCalm, longestCalmWaitMs, startLoad } from '../../harness/load.ts';
import { createRecord } from '../../harness/record.ts';
import { type Allowance, failedText, judge } from '../../harness/verdict.ts';
import type { Installation } from './installation.ts';
import type { Row } from './row.ts';
import { type PairMember, startSlapdPair, untilEqual } from './slapd-pair.ts';

const domain = 'replicas';
const password = ldapNames.personPassword;
const pollSeconds = 5;
const loginsPerSecond = 15;
const guessesPerSecond = 3;
/** A server that is silent counts as dead after four seconds; then another one is connected to. */
const recoveryMs = 10_000;
const watchedAfterMs = 6_000;
/** To come back, and to copy what it lacks. */
const longestCopyMs = 30_000;
const nothingLost = { tokens: 0, settings: 0, events: 0, refreshTokens: 0, acceptedRevoked: 0 };

interface FailOver extends Allowance {
  name: string;
  begin(used: PairMember, spare: PairMember): unknown;
  end(used: PairMember, spare: PairMember): unknown;
  /** Nobody gets in meanwhile; recovery counts from the return. */
  isOutage?: boolean;
}

const list: FailOver[] = [
  { name: 'the one in use killed', begin: (used) => used.kill(), end: (used) => used.restart() },
  { name: 'the one in use stopped', begin: (used) => used.suspend(), end: (used) => used.resume() },
  { name: 'the one in use cut off', begin: (used) => used.cut(), end: (used) => used.heal() },
  {
    name: 'both cut off',
    isOutage: true,
    begin(...pair) {
      for (const server of pair) server.cut();
    },
    end(...pair) {
      for (const server of pair) server.heal();
    },
  },
];

const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}-${index}`);

export async function failOvers(
  { addDirectory, peopleOf, closers }: Installation,
  report: (row: Row) => void,
  { seconds }: { seconds: number },
): Promise<void> {
  const people = [
    ...numbered('agent', 200),
    ...numbered('mistaken', 200),
    ...numbered('leaver', list.length),
  ];
  const { ca, first, second } = await startSlapdPair({ people: people.map((uid) => ({ uid })) }, closers);
  const servers = [first, second].map(({ servicePort: port }) => ({ address: '127.0.0.1', port }));
  const { peopleDn, groupsDn, bindDn, bindPassword } = ldapNames;
  const bases = { baseDns: [peopleDn], groupBaseDns: [groupsDn] };
  await addDirectory(domain, { servers, bindDn, bindPassword, ...bases, pollSeconds }, ca);
  const { token, isActive, login, userinfo } = peopleOf(domain);
  const hasCopy = (name: string) => async () =>
    (await second.has(personDn(name))) && first.has(personDn(name));
  await untilEqual(hasCopy(`leaver-${list.length - 1}`), longestCopyMs);
  const numberOf = async () => (await userinfo(await token('agent-0', password)))['dbid'];
  const numberBefore = await numberOf();

  const record = createRecord();
  const guesses = { accepted: 0 };
  const load = startLoad(callsOf(login, guesses), record);
  closers.defer(() => load.stop());
  if (!(await isCalm(record))) {
    const last = record.sent.slice(-20).map(({ kind, status }) => `${kind} ${status}`);
    throw new Error(`people cannot sign in even undisturbed: ${last.join(', ')}`);
  }
  for (const [index, failOver] of list.entries()) {
    const leaver = `leaver-${index}`;
    const held = await token(leaver, password);
    // The watch over people has seen them once.
    await wait((pollSeconds + 1) * 1_000);
    // The link stays where it went: each time the other one is in use.
    const [used, spare] = index % 2 === 0 ? [first, second] : [second, first];
    const row = await failOverOnce(failOver, [used, spare], record, {
      seconds,
      ended: () => endedAfter(spare, leaver, () => isActive(held), 3 * pollSeconds),
      copied: () => untilEqual(isDisabledAt(used, leaver), longestCopyMs),
    });
    const calm = await isCalm(record);
    report({
      ...row,
      faults: [
        ...row.faults,
        ...(guesses.accepted > 0 ? [`${guesses.accepted} wrong passwords were accepted`] : []),
        ...(calm ? [] : [`not well again after ${longestCalmWaitMs / 1_000} more seconds`]),
        ...(calm && (await numberOf()) !== numberBefore ? ['a person has another number'] : []),
      ],
    });
    if (!calm) break;
  }
}

interface Steps {
  seconds: number;
  /** Disables a person at the other server; seconds until what they hold has ended. */
  ended(): Promise<number>;
  /** Until the server that was away knows it too. */
  copied(): Promise<unknown>;
}

async function failOverOnce(
  { name, begin, end, isOutage = false, ...allowance }: FailOver,
  pair: [PairMember, PairMember],
  record: ReturnType<typeof createRecord>,
  { seconds, ended, copied }: Steps,
): Promise<Row> {
  record.sent.length = 0;
  const beganMs = performance.now();
  await begin(...pair);
  const [endedSeconds] = await Promise.all([isOutage ? undefined : ended(), wait(seconds * 1_000)]);
  await end(...pair);
  const backMs = isOutage ? performance.now() : beganMs;
  await wait(watchedAfterMs);
  const times = { beganMs, backMs, endedMs: performance.now() };
  const row = judge(name, [...record.sent], times, nothingLost, { recoveryMs, ...allowance });
  if (!isOutage) await copied();
  return {
    name: `Two OpenLDAP servers: ${name}`,
    figures: [
      `${row.requests} logins and guesses, failed: ${failedText(row.failed)}`,
      `recovered after ${(row.recoveryMs / 1_000).toFixed(1)} s${isOutage ? ' from the return' : ''}`,
      `slowest answer ${(row.slowestMs / 1_000).toFixed(1)} s`,
      ...(endedSeconds === undefined
        ? []
        : [`disabled at the other server: token ended after ${endedSeconds.toFixed(1)} s`]),
    ],
    faults: [
      ...row.faults,
      ...(endedSeconds === Number.POSITIVE_INFINITY ? ['the token of a disabled person lives on'] : []),
    ],
  };
}

function callsOf(
  login: ReturnType<Installation['peopleOf']>['login'],
  guesses: { accepted: number },
): Call[] {
  let agent = 0;
  let guess = 0;
  return [
    {
      kind: 'login',
      perSecond: loginsPerSecond,
      atOnce: 60,
      async send() {
        const answer = await login(`agent-${agent++ % 200}`, password);
        return { answer, isRight: answer.status === 200 };
      },
    },
    {
      kind: 'wrong password',
      perSecond: guessesPerSecond,
      atOnce: 20,
      async send() {
        const answer = await login(`mistaken-${guess++ % 200}`, 'Wrong-Horse-1');
        if (answer.status === 200) guesses.accepted += 1;
        return { answer, isRight: answer.status >= 400 && answer.status < 500 };
      },
    },
  ];
}

const disabled = '000001010000Z';

/** Seconds from the change until the token is refused. */
async function endedAfter(
  server: PairMember,
  name: string,
  isActive: () => Promise<boolean>,
  limitSeconds: number,
): Promise<number> {
  await server.modify(
    `dn: ${personDn(name)}\nchangetype: modify\nreplace: pwdAccountLockedTime\npwdAccountLockedTime: ${disabled}\n`,
  );
  const changedMs = performance.now();
  while (await isActive()) {
    if (performance.now() - changedMs > limitSeconds * 1_000) return Number.POSITIVE_INFINITY;
    await wait(50);
  }
  return (performance.now() - changedMs) / 1_000;
}

const isDisabledAt = (server: PairMember, name: string) => () =>
  server.has(personDn(name), `(pwdAccountLockedTime=${disabled})`);
