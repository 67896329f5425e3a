import { queryObjects } from 'node:v8';
import type { ConfigurationBackend } from '@gatehouse/config-server-client/backend';
import { CfgObjectState } from '@gatehouse/config-server-client/model/enumerations';
import { createLogger } from '@gatehouse/service-kit/logging/logger';
import { expect, it, onTestFinished } from 'vitest';
import { createPersonChanges, type PersonChangesOptions } from '../../src/users/person-changes.ts';

/** Nothing is applied before `go` is called: what comes until then waits. */
function setUp() {
  const revoked: string[] = [];
  const gate = Promise.withResolvers<void>();
  const changes = createPersonChanges({
    contactCenters: { ofEnvironment: async () => [] },
    revocations: {
      revokeAll: async (orders: readonly { id: string }[]) => {
        await gate.promise;
        revoked.push(...orders.map(({ id }) => id));
      },
    },
    records: { isOwnPasswordChange: async () => false, forgetDisabled: async () => undefined },
    cutOffs: async () => undefined,
    log: createLogger('test', { level: 'silent', format: 'json' }),
    now: () => Date.now(),
  } as unknown as PersonChangesOptions);
  onTestFinished(() => changes.close());
  const backend = {} as ConfigurationBackend;
  return {
    revoked,
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

// attack: changes that wait with all that a server wrote into them | CWE-770 | guard: services/auth-api/src/users/person-changes.ts
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
});

it('a change that ends nothing takes nobody’s turn', async () => {
  const { update, revoked, go } = setUp();
  for (let historyId = 1; historyId <= 5_000; historyId += 1) update(historyId, { lastName: 'Other' });
  update(5_001, { state: CfgObjectState.disabled });
  update(5_002, {}, true);
  update(5_003, { state: CfgObjectState.enabled });
  go();
  await expect.poll(() => revoked.length).toBe(2);
});
