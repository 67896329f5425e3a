/** The workflows run on a platform that is not here: what can be said of them without it. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { commands } from '../../bootstrap/commands.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const files = globSync('.github/workflows/*.yml', { cwd: root });

const ofMatrix = /^\$\{\{ matrix\.suite \}\}$/;

interface Job {
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  strategy?: { matrix?: { suite?: string[] | string } };
  steps: { uses?: string; run?: string }[];
}

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

it('there are workflows for a change and for the night', () => {
  expect(files.map((file) => file.split('/').at(-1)).sort()).toEqual(['change.yml', 'nightly.yml']);
});

describe.each(files)('%s', (file) => {
  const text = readFileSync(`${root}/${file}`, 'utf8');
  const { permissions, jobs } = parse(text) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it('takes actions by the hash of their commit, with the version beside it', () => {
    const uses = text.match(/uses: .*/g) ?? [];
    expect(uses).toHaveLength(steps.filter((step) => step.uses !== undefined).length);
    expect(
      uses.filter((line) => !/^uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
    ).toEqual([]);
  });

  it('reads the repository and nothing more unless a job says so, and every job ends', () => {
    expect(permissions).toEqual({ contents: 'read' });
    expect(Object.values(jobs).filter((job) => job['timeout-minutes'] === undefined)).toEqual([]);
  });

  it('runs commands of the repository alone', () => {
    const suites = Object.values(jobs).flatMap((job) => job.strategy?.matrix?.suite ?? []);
    const named = steps
      .flatMap(({ run }) => (run === undefined ? [] : [run]))
      .flatMap((run) => {
        const [, command] = /npm run (?:--silent )?([\w:-]+|\$\{\{ matrix\.suite \}\})/.exec(run) ?? [];
        if (command !== undefined && ofMatrix.test(command)) return suites;
        return command ?? /(?:^| )(\.ci\/\w+)$/.exec(run)?.[1] ?? [run];
      })
      // A list that is computed: by `affected`, whose suites its own test knows.
      .filter((one) => !one.startsWith('${{ fromJSON('));
    expect(named.filter((one) => !(one in commands) && !existsSync(`${root}/${one}`))).toEqual([]);
  });

  it('puts no words of strangers into a shell', () => {
    const given = steps.flatMap(({ run }) => run?.match(/\$\{\{[^}]*\}\}/g) ?? []);
    expect(given.filter((one) => !ofMatrix.test(one))).toEqual([]);
  });
});
