import { queryObjects } from 'node:v8';
import { CfgObjectState, type PeopleDirectory } from '@gatehouse/people-directory';
import { createLogger } from '@gatehouse/service-kit/observability';
import { expect, it, onTestFinished } from 'vitest';
import {
  createPersonChanges,
  type PersonChangesOptions,
} from '../../../src/people/accounts/person-changes.ts';

/** Nothing is applied before `go` is called: what comes until then waits. */
function setUp(now = () => Date.now()) {
  const revoked: string[] = [];
  const notBefore: number[] = [];
  const gate = Promise.withResolvers<void>();
  const changes = createPersonChanges({
    contactCenters: { ofEnvironment: async () => [] },
    revocations: {
      revokeAll: async (orders: readonly { id: string; atMs: number }[]) => {
        await gate.promise;
        notBefore.push(...orders.map(({ atMs }) => atMs));
        revoked.push(...orders.map(({ id }) => id));
      },
    },
    records: { isOwnPasswordChange: async () => false, forgetDisabled: async () => undefined },
    cutOffs: async () => undefined,
    log: createLogger('test', { level: 'silent', format: 'json' }),
    now,
  } as unknown as PersonChangesOptions);
  onTestFinished(() => changes.close());
  const backend = {} as PeopleDirectory;
  return {
    revoked,
    notBefore,
    go: () => gate.resolve(),
    update: (historyId: number, set: object, passwordChanged = false) =>
      changes.apply('environment', backend, {
        ...{ kind: 'updated', dbid: historyId, historyId },
        delta: { set, passwordChanged },
      }),
  };
}

/** A value of the server that says whether anybody still holds it. */
class Written {}

// attack: changes that wait with all that a server wrote into them | CWE-770 | guard: services/auth-api/src/people/accounts/person-changes.ts
it('ten thousand waiting changes hold what ends, not the values that came with it', async () => {
  const { update, revoked, go } = setUp();
  // A function of its own: what stands in its frame when it returns is held by nobody.
  const flood = () => {
    for (let historyId = 1; historyId <= 9_000; historyId += 1)
      update(historyId, { comment: new Written(), state: [CfgObjectState.disabled, new Written()] });
  };
  flood();
  // It collects first.
  expect(queryObjects(Written)).toBe(0);
  go();
  await expect.poll(() => revoked.length).toBeGreaterThan(100);
  // The look at every object of a process that many files share takes seconds.
}, 60_000);

it('a change that ends nothing takes nobody’s turn', async () => {
  const { update, revoked, go } = setUp();
  for (let historyId = 1; historyId <= 5_000; historyId += 1) update(historyId, { lastName: 'Other' });
  update(5_001, { state: CfgObjectState.disabled });
  update(5_002, {}, true);
  update(5_003, { state: CfgObjectState.enabled });
  go();
  await expect.poll(() => revoked.length).toBe(2);
});

// attack: keep what the old password got, where the clock of the directory is behind | CWE-613, OWASP ASVS 7.4.3 | guard: services/auth-api/src/people/accounts/person-changes.ts
it.each([-3600, -40, 0, 3600])(
  'a new password ends what was granted before it is heard of, where the clock of the directory is %d s off',
  async (seconds) => {
    let nowMs = Date.parse('2026-11-30T12:00:00Z');
    const heardAtMs = nowMs;
    const { update, notBefore, go } = setUp(() => nowMs);
    update(1, { PasswordUpdatingDate: heardAtMs / 1000 + seconds }, true);
    // What the person gets by the new password while the change waits for its turn stays.
    nowMs += 5000;
    go();
    await expect.poll(() => notBefore).toEqual([heardAtMs]);
  },
);
