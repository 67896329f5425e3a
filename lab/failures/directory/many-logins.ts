/** Asks an installation for thousands of logins of one directory, and what operators ask meanwhile: `gatehouse check` and `doctor`. */
import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Installation } from './installation.ts';
import type { Row } from './row.ts';

export interface Crowd {
  /** In words, for the rows. */
  server: string;
  domain: string;
  /** As `addDirectory` gave it. */
  environmentId: string;
  /** They sign in in turn, all with this password. */
  people: readonly string[];
  password: string;
}

/** Senders who wait for their answer before they send the next. */
const atOnce = 4;
const questions = 3;
const program = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));
const longestCommandMs = 60_000;

export async function manyLogins(
  { peopleOf, publicUrl, operator }: Installation,
  { server, domain, environmentId, people, password }: Crowd,
  report: (row: Row) => void,
  logins: number,
): Promise<void> {
  const { login } = peopleOf(domain);
  const failed = new Map<number, number>();
  const timesMs: number[] = [];
  let begun = 0;
  const sender = async () => {
    while (begun < logins) {
      const name = people[begun++ % people.length] ?? '';
      const startedMs = performance.now();
      const { status } = await login(name, password);
      timesMs.push(performance.now() - startedMs);
      if (status !== 200) failed.set(status, (failed.get(status) ?? 0) + 1);
    }
  };
  const startedMs = performance.now();
  const sent = Promise.all(Array.from({ length: atOnce }, sender));
  const asked = await askMeanwhile(() => begun / logins, {
    check: () => gatehouse(['check', environmentId], publicUrl, operator),
    doctor: () => gatehouse(['doctor'], publicUrl, operator),
  });
  await sent;
  const seconds = (performance.now() - startedMs) / 1_000;
  timesMs.sort((one, other) => one - other);
  const at = (share: number) => Math.round(timesMs[Math.floor((timesMs.length - 1) * share)] ?? 0);
  report({
    name: `${server}: ${logins} logins of ${people.length} people, ${atOnce} at once`,
    figures: [
      `${(logins / seconds).toFixed(0)} a second`,
      `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms`,
    ],
    faults: [...failed].map(([status, count]) => `${count} logins were answered ${status || 'nothing'}`),
  });
  report({ name: `${server}: gatehouse check and doctor meanwhile`, ...asked });
}

/** At equal distances of the progress. */
async function askMeanwhile(
  progress: () => number,
  commands: Record<string, () => Promise<string | undefined>>,
): Promise<Pick<Row, 'figures' | 'faults'>> {
  const faults: string[] = [];
  for (let round = 0; round < questions; round += 1) {
    while (progress() < round / questions) await wait(100);
    for (const [name, ask] of Object.entries(commands)) {
      const problem = await ask();
      if (problem !== undefined) faults.push(`${name}: ${problem}`);
    }
  }
  return { figures: [`each ${questions} times`], faults };
}

/** Undefined: all is well. Otherwise the lines that say what is not. */
function gatehouse(
  args: readonly string[],
  url: string,
  { username, password }: Installation['operator'],
): Promise<string | undefined> {
  const env = {
    ...process.env,
    GATEHOUSE_URL: url,
    GATEHOUSE_USERNAME: username,
    GATEHOUSE_PASSWORD: password,
  };
  const options = { env, timeout: longestCommandMs };
  return new Promise((done) => {
    execFile(
      process.execPath,
      ['--conditions=source', program, ...args],
      options,
      (error, stdout, stderr) => {
        const wrong = stdout.split('\n').filter((line) => line.includes('✗'));
        const said = wrong.join(' ').trim() || stderr.trim() || error?.message;
        done(error === null ? undefined : said);
      },
    );
  });
}
