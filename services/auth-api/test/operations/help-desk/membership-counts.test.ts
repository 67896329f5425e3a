/** Two contact centres share an environment: operators are told who belongs to none of them, and who to both. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runCommand } from '@gatehouse/cli/run-command';
import type { MembershipCounts } from '@gatehouse/contracts/auth-administration';
import type { Check } from '@gatehouse/contracts/environment-administration';
import type { Membership } from '@gatehouse/contracts/environment-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countPeople } from '../../../src/operations/help-desk/membership-counts.ts';
import type { SharedPeople } from '../../../src/people/directories/members.ts';
import {
  type AuthApi,
  contactCenterId,
  environmentId,
  otherContactCenterId,
  startAuthApi,
} from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { contactCenterAdministrator } from '../../stack/console.ts';
import { announceChange } from '../../stack/environment-api.ts';
import { opsCall } from '../../stack/oauth.ts';

let stack: AuthApi;
const url = `/auth/v3/ops/environments/${environmentId}/memberships`;
const nordic: Membership = { by: 'accessGroup', names: ['Nordic agents'] };
const baltic: Membership = { by: 'accessGroup', names: ['Baltic agents'] };

beforeAll(async () => {
  stack = await startAuthApi();
  const { store } = stack.simulator;
  const tenantDbid = (await store.createTenant({ name: 'Shared' }))['DBID'] as number;
  const group = async (name: string) =>
    ((await store.createAccessGroup({ tenantDbid, name })) as { groupInfo: { DBID: number } }).groupInfo.DBID;
  const [ofNordic, ofBaltic] = [await group('Nordic agents'), await group('Baltic agents')];
  for (const [userName, isEnabled, groups] of [
    ['nora', true, [ofNordic]],
    ['olaf', true, [ofBaltic]],
    ['paul', true, []],
    ['pia', true, [ofNordic, ofBaltic]],
    ['dora', false, []],
  ] as const) {
    const dbid = (await store.createPerson({ tenantDbid, userName, password: 'theirs' }))['DBID'] as number;
    for (const one of groups) await store.addToAccessGroup(one, dbid);
    if (!isEnabled) await store.setEnabled(dbid, false);
  }
  const { environments } = stack.environmentApi;
  const environment = environments.get(environmentId);
  if (environment !== undefined) environments.set(environmentId, { ...environment, tenant: 'Shared' });
});
afterAll(() => stack?.close());
beforeEach(() => {
  delete stack.simulator.faults.beforeRequest;
});

async function change(id: string, fields: { membership?: Membership; status?: 'active' | 'disabled' }) {
  const { contactCenters } = stack.environmentApi;
  const present = contactCenters.get(id);
  if (present !== undefined)
    contactCenters.set(id, { ...present, status: 'active', ...fields, version: present.version + 1 });
  await announceChange(stack, { entity: 'contact-center', id, contactCenterId: id });
  // The message travels by Redis; the copies are dropped here at once so that no test counts by old ones.
  stack.deps.contactCenters.service.applyGap();
}

const counted = async () =>
  (await opsCall(stack, 'GET', url)).json<{ data: Omit<MembershipCounts, 'environmentId'> }>().data;

describe('the count of memberships', () => {
  beforeEach(async () => {
    await change(contactCenterId, { membership: nordic });
    await change(otherContactCenterId, { membership: baltic });
  });

  it('names who is in none of the contact centres and who is in both, without disabled people', async () => {
    expect(await counted()).toEqual({
      environmentId,
      contactCenters: 2,
      people: 4,
      inNone: { count: 1, names: ['paul'] },
      inSeveral: { count: 1, names: ['pia'] },
      isWhole: true,
    });
    await stack.deps.audit.drained();
    const events = await opsCall(stack, 'GET', '/auth/v3/ops/audit?name=access_inspected');
    expect(events.json<{ data: { fields: object }[] }>().data[0]?.fields).toMatchObject({
      purpose: 'memberships',
      environmentId,
    });
  });

  it('has everybody of one contact centre in several where the other takes everybody', async () => {
    await change(contactCenterId, { membership: { by: 'all', names: [] } });
    const { inNone, inSeveral } = await counted();
    expect([inNone.count, inSeveral]).toEqual([0, { count: 2, names: ['olaf', 'pia'] }]);
  });

  it('asks no directory where one contact centre is active', async () => {
    await change(otherContactCenterId, { status: 'disabled' });
    let requests = 0;
    stack.simulator.faults.beforeRequest = ({ name, body }) => {
      if (name === 'RequestReadObjects' && JSON.stringify(body).includes('name_prefix')) requests += 1;
    };
    expect([await counted(), requests]).toMatchObject([{ contactCenters: 1, people: 0, isWhole: true }, 0]);
  });

  it('is not given while the server does not tell, nor of an environment that is not there', async () => {
    stack.simulator.faults.beforeRequest = ({ name, body }) => {
      const isOfGroups = name === 'RequestReadObjects' && JSON.stringify(body).includes('person_dbid');
      if (isOfGroups) throw new Error('the groups cannot be read now');
    };
    expect((await opsCall(stack, 'GET', url)).status).toBe(503);
    const missing = url.replace(environmentId, otherContactCenterId);
    expect((await opsCall(stack, 'GET', missing)).status).toBe(404);
    const malformed = await opsCall(stack, 'GET', url.replace(environmentId, 'x'));
    expect([malformed.status, malformed.body]).toEqual([400, expect.stringContaining('id: Invalid GUID')]);
  });

  it('is not for the administrator of one contact centre, who would see people of another', async () => {
    const administrator = await contactCenterAdministrator(stack, { sub: contactCenterId });
    expect((await opsCall(stack, 'GET', url, undefined, administrator)).status).toBe(403);
  });
});

describe('the limits of a count', () => {
  /** A directory without an end. */
  const endless: SharedPeople = async ({ after = '0', limit }) => {
    const names = Array.from({ length: limit }, (_, index) => String(Number(after) + index + 1));
    const people = names.map((userName) => ({ userName, isDisabled: false, places: 0 }));
    return { people, next: names.at(-1) ?? '', isCut: false };
  };
  const unlimited = new AbortController().signal;

  it('are told, with what was counted until then and the names of five', async () => {
    const counts = await countPeople(endless, { people: 100, pageSize: 50, signal: unlimited });
    expect(counts).toMatchObject({ people: 100, isWhole: false, inNone: { count: 100 } });
    expect(counts.inNone.names).toEqual(['1', '2', '3', '4', '5']);
  });

  it('end a count in the middle when its time is over', async () => {
    const time = new AbortController();
    const slow: SharedPeople = async (page, options) => {
      if (page.after !== undefined) time.abort();
      options.signal?.throwIfAborted();
      return endless(page, options);
    };
    const counts = await countPeople(slow, { people: 1_000, pageSize: 50, signal: time.signal });
    expect(counts).toMatchObject({ people: 50, isWhole: false });
  });

  it('are told where a directory gives the first people alone', async () => {
    const cut: SharedPeople = async () => ({ people: [], next: undefined, isCut: true });
    const counts = await countPeople(cut, { people: 100, pageSize: 50, signal: unlimited });
    expect(counts).toMatchObject({ people: 0, isWhole: false });
  });
});

describe('gatehouse check', () => {
  let checks: Server;
  let env: Record<string, string>;
  beforeAll(async () => {
    const check: Check = { environmentId, ok: true, servers: [] };
    checks = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ status: { code: 0 }, data: check }));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => checks.once('listening', resolve));
    const { port } = checks.address() as AddressInfo;
    env = {
      ...(await operatorEnvironment(stack)),
      GATEHOUSE_ENVIRONMENT_URL: `http://127.0.0.1:${port}`,
    };
  });
  afterAll(() => checks?.close());
  const run = (...args: string[]) => runCommand(['check', environmentId, ...args], { env });

  it('warns of people in none of the contact centres and in several, and ends well', async () => {
    await change(contactCenterId, { membership: nordic });
    await change(otherContactCenterId, { membership: baltic });
    const { out, exitCode } = await run();
    expect(out).toContain('2 contact centres share its people');
    expect(out).toMatch(/! in none +1 of 4 people: paul\n/);
    expect(out).toMatch(/! in several +1 of 4 people: pia\n/);
    expect(exitCode).toBe(0);
    expect(JSON.parse((await run('--json')).out)).toMatchObject([
      { ok: true, memberships: { inNone: { count: 1 }, inSeveral: { count: 1 } } },
    ]);
  });

  it('says nothing of an environment that one contact centre uses', async () => {
    await change(otherContactCenterId, { status: 'disabled' });
    const { out } = await run();
    expect(out).toContain('every server passed');
    expect(out).not.toMatch(/share|in none/);
  });

  it('keeps its verdict where Auth API does not count, and says why', async () => {
    await change(otherContactCenterId, { status: 'active' });
    stack.simulator.faults.beforeRequest = ({ name }) => {
      if (name === 'RequestReadObjects') throw new Error('nothing can be read now');
    };
    const { out, exitCode } = await run();
    expect(out).toMatch(/- memberships +not counted: .*does not answer/);
    expect(exitCode).toBe(0);
  });
});
