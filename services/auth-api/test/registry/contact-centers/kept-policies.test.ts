/** The last policy of second factors that was seen of a contact centre, in PostgreSQL. */
import { noSecondFactor, type SecondFactorView } from '@gatehouse/contracts/environment-api';
import { expect, it } from 'vitest';
import { createKeptPolicies } from '../../../src/registry/contact-centers/kept-policies.ts';
import { silentLog } from '../../stack/redis.ts';

function setUp(rows: { policy: unknown; version?: number }[] = []) {
  const written: unknown[][] = [];
  const state = { nowMs: 1000, isAway: false };
  const writer = {
    query: async ({ values }: { values: unknown[] }) => {
      written.push(values);
      if (state.isAway) throw new Error('the primary is away');
      return { rows: [] };
    },
  };
  const db = { query: async () => ({ rows }) };
  const policies = createKeptPolicies({
    db: db as never,
    writer: writer as never,
    now: () => state.nowMs,
    log: silentLog,
  });
  const see = async (secondFactor: SecondFactorView, version = 1) => {
    const counting = await policies.counting({ id: 'one', secondFactor, version });
    await policies.settled();
    return counting;
  };
  return { policies, written, state, see };
}

const required: SecondFactorView = { ...noSecondFactor, mode: 'required' };

it('is written when it differs from what was written last, with the version of its contact centre', async () => {
  const { written, see } = setUp();
  await see(noSecondFactor);
  await see({ ...noSecondFactor });
  await see(required, 2);
  // Environment API was restored, and somebody has changed something else since.
  await see(noSecondFactor, 2);
  expect(written).toEqual([
    ['one', JSON.stringify(noSecondFactor), 1, 1],
    ['one', JSON.stringify(required), 2, 2],
    ['one', JSON.stringify(noSecondFactor), 2, 2],
  ]);
});

it('is written again after a failure, and not at each sign-in meanwhile', async () => {
  const { written, state, see } = setUp();
  state.isAway = true;
  await see(required);
  await see(required);
  expect(written).toHaveLength(1);
  state.isAway = false;
  state.nowMs += 60_000;
  await see(required);
  await see(required);
  expect(written).toHaveLength(2);
});

it('is no policy where a later release wrote one that this one cannot read', async () => {
  const { policies } = setUp([{ policy: { ...required, mode: 'of a later release' } }]);
  await expect(policies.lastSeen('one')).rejects.toMatchObject({ status: 503 });
  expect(await setUp([{ policy: required }]).policies.lastSeen('one')).toEqual(required);
  expect(await setUp().policies.lastSeen('one')).toBeUndefined();
});

it('holds over what was demanded before where the copy is older, and nothing less of either', async () => {
  const policy: SecondFactorView = { ...required, requiredRoles: ['ROLE_A'], syncedPasskeys: 'refused' };
  const { see, written } = setUp([{ policy, version: 9 }]);
  const older: SecondFactorView = { ...noSecondFactor, phishingResistantRoles: ['ROLE_B'] };
  expect(await see(older, 3)).toEqual({ ...policy, phishingResistantRoles: ['ROLE_B'] });
  expect(await see({ ...older, reauthenticateHours: 4 }, 4)).toMatchObject({
    mode: 'required',
    reauthenticateHours: 4,
  });
  expect(written).toEqual([]);
  const asStrict = { ...policy, phishingResistantRoles: ['ROLE_C'] };
  expect(await see(asStrict, 5)).toEqual(asStrict);
  // In the place of the later one that it was compared with.
  expect(written).toEqual([['one', JSON.stringify(asStrict), 5, 9]]);
});

it('counts as it is while nobody can say what was kept', async () => {
  const { policies } = setUp();
  const away = createKeptPolicies({
    db: { query: () => Promise.reject(new Error('PostgreSQL is away')) } as never,
    writer: {} as never,
    now: () => 1000,
    log: silentLog,
  });
  const copy = { id: 'one', secondFactor: required, version: 1 };
  expect(await away.counting(copy)).toEqual(await policies.counting(copy));
});
