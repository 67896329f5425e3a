/** `npm run test:guards [-- name…]`: removes each guard from a copy of the sources and requires that its tests fail. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Attack, readAttacks } from './attacks.ts';
import { changedTexts } from './change.ts';
import { type Guard, readGuards } from './guards.ts';
import { createHost, type Host } from './hosts.ts';
import { outcomeOf, unnoticed } from './outcomes.ts';
import { problemsOf } from './problems.ts';
import { digestOfSources, openRows, type Row } from './rows.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const kept = '.gatehouse/guards.jsonl';
/** One for each core of the machines that run this. */
const hostCount = 2;

process.exitCode = await run(process.argv.slice(2));

async function run(names: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  const attacks = readAttacks(root);
  const guards = readGuards(root);
  const problems = [
    ...problemsOf(root, attacks, guards),
    ...names
      .filter((name) => guards.every((guard) => guard.name !== name))
      .map((name) => `There is no guard ${name}`),
  ];
  for (const problem of problems) console.log(`FAIL ${problem}`);
  if (problems.length > 0) return 1;

  const rows = openRows(join(root, kept), digestOfSources(root));
  const chosen = guards.filter(({ name }) => names.length === 0 || names.includes(name));
  const done = names.length === 0 ? chosen.flatMap((guard) => rows.find(guard) ?? []) : [];
  console.log(`${'guard'.padEnd(44)} attacks  seconds`);
  for (const row of done) print(row, `kept in ${kept}`);
  const groups = groupsOf(chosen.filter((guard) => done.every(({ name }) => name !== guard.name)));

  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => interruption.abort());
  await using hosts = new AsyncDisposableStack();
  let failures = 0;
  async function work(): Promise<void> {
    const host = createHost(root, interruption.signal);
    hosts.defer(() => host.close());
    for (let group = groups.shift(); group !== undefined; group = groups.shift())
      for await (const [guard, row] of tryGroup(host, group, attacks)) {
        if (interruption.signal.aborted) return;
        rows.add(guard, row);
        print(row);
        failures += row.problems.length;
      }
  }
  await Promise.all(Array.from({ length: Math.min(hostCount, groups.length) }, work));
  if (interruption.signal.aborted) {
    console.log('Interrupted: the same command goes on from here');
    return 130;
  }
  const minutes = ((performance.now() - startedMs) / 60_000).toFixed(1);
  console.log(
    `${chosen.length} guards removed, ${failures} failures, ${minutes} minutes, ${done.length} kept`,
  );
  return failures === 0 ? 0 : 1;
}

function print({ name, attacks, seconds, problems }: Row, note = ''): void {
  console.log(
    `${name.padEnd(44)} ${String(attacks).padStart(7)} ${seconds.toFixed(1).padStart(8)}  ${note}`.trimEnd(),
  );
  for (const problem of problems) console.log(`FAIL ${name}: ${problem}`);
}

/** The guards beside one test file. Groups that start whole stacks come first, then the large ones: at the end one host waits for the other. */
function groupsOf(guards: readonly Guard[]): Guard[][] {
  const weight = ([guard, ...others]: Guard[]) =>
    (guard?.path.startsWith('tools/') ? 1000 : 0) + others.length;
  return [...Map.groupBy(guards, ({ path }) => path).values()].sort((a, b) => weight(b) - weight(a));
}

async function* tryGroup(
  host: Host,
  guards: readonly Guard[],
  all: readonly Attack[],
): AsyncGenerator<[Guard, Row]> {
  const played = (some: readonly Guard[]) =>
    all.filter(({ name }) => some.some(({ shownBy }) => shownBy.includes(name)));
  const before = await host.run(played(guards));
  for (const guard of guards) {
    const startedMs = performance.now();
    const attacks = played([guard]);
    const problems: string[] = attacks
      .filter((attack) => outcomeOf(attack, before) !== 'passed')
      .map(
        (attack) =>
          `with every guard in place "${attack.title}" ${outcomeOf(attack, before)}: ${attack.path}`,
      );
    const after = await host.run(attacks, changedTexts(guard.changes, host.read));
    for (const attack of unnoticed(attacks, after))
      problems.push(`without it "${attack.title}" ${outcomeOf(attack, after)}: ${attack.path}`);
    const seconds = (performance.now() - startedMs) / 1000;
    yield [guard, { name: guard.name, attacks: attacks.length, seconds, problems }];
  }
}
