import { describe, expect, test } from 'vitest';
import { clientOf, planOf, startApply } from './running-apply.ts';

const { file, sent, answers, run } = await startApply();

const changed = {
  kind: 'Client',
  name: 'one',
  action: 'change',
  fields: [
    { field: 'name', from: 'Old', to: 'Desktop' },
    { field: 'client_secret', from: '***', to: '***' },
  ],
};
const deleted = { kind: 'ContactCenter', name: 'north', action: 'delete', fields: [] };
const refused = {
  kind: 'Client',
  name: 'one',
  action: 'refused',
  fields: [],
  field: 'spec.scope',
  reason: 'other_owner',
  sentence: 'platform/git and team/git both set it',
};
const plan = (...given: Parameters<typeof planOf>) => ({ status: 200, body: { data: planOf(...given) } });
const one = () => file('one.yaml', clientOf('one', '  scope: [openid]\n'));

test('the request says who applies what', async () => {
  await run(['-f', one(), '--revision', '4f2a91c', '--prune', '--take-over']);
  expect(sent.map(({ documents, ...rest }) => rest)).toEqual([
    { owner: 'platform/git', revision: '4f2a91c', check: false, dryRun: true, prune: true, takeOver: true },
    { owner: 'platform/git', revision: '4f2a91c', check: false, dryRun: false, prune: true, takeOver: true },
  ]);
});

test('people see each field as it was and as it becomes, with its file and line', async () => {
  answers.push(plan([changed], { change: 1, nothing: 3 }));
  const { exitCode, out } = await run(['-f', one()]);
  expect(exitCode).toBe(0);
  expect(out.replace(/\(.*one\.yaml/, '(one.yaml')).toBe(
    '~ Client one (one.yaml:4)\n    name: Old → Desktop\n    client_secret: *** → ***\n0 created, 1 changed, 0 deleted, 3 as they are, 0 refused.\n',
  );
});

test('a refusal says why, at its line', async () => {
  answers.push(plan([refused], { refused: 1 }));
  const { out } = await run(['-f', one()]);
  expect(out).toMatch(
    /✗ Client one \(\S+one\.yaml:7\)\n {4}spec\.scope: platform\/git and team\/git both set it\n/,
  );
});

test('scripts get the plan as the service gave it', async () => {
  answers.push(plan([changed], { change: 1 }));
  const { out } = await run(['-f', one(), '--json']);
  expect(JSON.parse(out)).toEqual(planOf([changed], { change: 1 }));
});

describe('exit codes', () => {
  test.each([
    ['--check', [], {}, 0],
    ['--check', [changed], { change: 1 }, 1],
    ['--check', [changed, refused], { change: 1, refused: 1 }, 5],
    ['--dry-run', [], {}, 0],
    ['--dry-run', [changed], { change: 1 }, 1],
    ['--revision=4f2a91c', [changed], { change: 1 }, 0],
    ['--revision=4f2a91c', [refused], { refused: 1 }, 5],
  ])('%s of %j', async (option, changes, counts, exitCode) => {
    answers.push(plan(changes, counts));
    expect((await run(['-f', one(), option])).exitCode).toBe(exitCode);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ dryRun: !option.startsWith('--rev'), check: option === '--check' });
  });

  test('a document that the service finds wrong is told with file and line', async () => {
    const errors = [
      { status: { code: 400, field: 'documents.0.spec.scope.0', message: 'is no scope' } },
      { status: { code: 400, field: 'documents.0.spec.clientType', message: 'must be PUBLIC' } },
    ];
    answers.push({ status: 400, body: { status: { code: 400, message: 'Wrong' }, errors } });
    const { exitCode, error } = await run(['-f', one()]);
    expect(exitCode).toBe(2);
    expect(error).toMatch(/one\.yaml:7: Client one: spec\.scope\[0\]: is no scope/);
    expect(error).toMatch(/one\.yaml:5: Client one: spec\.clientType: must be PUBLIC/);
  });

  test('a refusal that is about no document stays one', async () => {
    answers.push({ status: 409, body: { status: { code: 409, message: 'Another apply runs' } } });
    expect(await run(['-f', one()])).toMatchObject({
      exitCode: 5,
      error: expect.stringContaining('Another apply runs'),
    });
  });

  test.each([[['--file', 'x']], [['--owner', 'x']], [['-f', '-', '-f', '-', '--owner', 'x']]])(
    '%j is a wrong command line',
    async (args) => {
      const { exitCode } = await run(args);
      expect(exitCode).toBe(2);
    },
  );
});

describe('what --prune deletes', () => {
  test('is shown and asked for, with names of contact centres to type', async () => {
    answers.push(plan([deleted], { delete: 1 }), plan([deleted], { delete: 1 }));
    const { exitCode, out } = await run(['-f', one(), '--prune'], { typed: ['north'] });
    expect(exitCode).toBe(0);
    expect(out).toContain('- ContactCenter north');
    expect(sent.map(({ dryRun }) => dryRun)).toEqual([true, false]);
  });

  test('stays while nobody agrees', async () => {
    answers.push(plan([deleted], { delete: 1 }));
    expect(await run(['-f', one(), '--prune'])).toMatchObject({ exitCode: 2 });
    expect(sent).toHaveLength(1);
  });

  test('goes with --yes', async () => {
    answers.push(plan([deleted], { delete: 1 }));
    expect(await run(['-f', one(), '--prune', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(sent).toHaveLength(2);
  });
});
