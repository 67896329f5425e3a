/** The workflows run on a platform that is not here: what can be said of them without it. */
import { spawnSync } from 'node:child_process';
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

it('there are workflows for a change, for the night and for a release', () => {
  expect(files.map((file) => file.split('/').at(-1)).sort()).toEqual([
    'change.yml',
    'nightly.yml',
    'release.yml',
  ]);
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
        if (command !== undefined && ofMatrix.test(command))
          return suites.map((suite) => suite.replace(/ -- .*/, ''));
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

describe('the workflow of a release', () => {
  const { jobs } = parse(readFileSync(`${root}/.github/workflows/release.yml`, 'utf8')) as Workflow;
  const program = [`--conditions=source`, 'tools/release/run.ts', '--help'];
  const help = spawnSync(process.execPath, program, { cwd: root, encoding: 'utf8' }).stdout;
  const lines = Object.values(jobs).flatMap((job) => job.steps.flatMap(({ run }) => run ?? []));

  it('has every step of a release, in their order', () => {
    const [, listed = ''] = /^Steps.*?:\n(.*?)\n\n/ms.exec(help) ?? [];
    const known = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
    const used = lines.flatMap((line) => /npm run release -- (\w+)/.exec(line)?.[1] ?? []);
    const isLogin = (name: string | undefined) => name === 'login';
    expect(used.filter((name) => !isLogin(name))).toEqual(known.filter((name) => !isLogin(name)));
    expect(used.filter(isLogin)).toHaveLength(2);
  });

  it('gives options that the step has', () => {
    const given = lines.flatMap((line) => line.split(' -- ')[1]?.match(/--[\w-]+/g) ?? []);
    expect(given.filter((option) => !help.includes(`  ${option} `))).toEqual([]);
  });

  it('lets each job write only what it writes', () => {
    const writes = Object.entries(jobs).map(([name, { permissions = {} }]) => {
      const written = Object.keys(permissions).filter((one) => permissions[one] === 'write');
      return [name, written.sort()];
    });
    expect(Object.fromEntries(writes)).toEqual({
      images: ['id-token', 'packages'],
      charts: ['id-token', 'packages'],
      'command-line': ['id-token'],
      announce: ['contents'],
    });
  });
});
