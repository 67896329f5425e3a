import { randomUuid } from '@gatehouse/service-kit/crypto';
import { createAuthority } from '@gatehouse/testing/keys';
import {
  findSlapd,
  type LdapTestServer,
  ldapNames,
  personDn,
  startLdapServer,
} from '@gatehouse/testing/ldap';
import { freePort } from '@gatehouse/testing/network';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peopleIn } from './people-store.ts';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi({
    env: { GATEHOUSE_CHECK_STEP_TIMEOUT_MS: '3000', GATEHOUSE_REACHABILITY_TIMEOUT_MS: '3000' },
  });
});
afterAll(() => api.close());

const write = (data: object) => api.call('POST', '/environments', { payload: { data } });
const check = async (id: string) => (await api.call('POST', `/environments/${id}/check`)).body.data;
const statuses = (steps: { step: string; status: string }[]) =>
  steps.map(({ step, status }) => `${step} ${status}`);

describe.skipIf(findSlapd() === undefined)('an LDAP directory', () => {
  let server: LdapTestServer;
  beforeAll(async () => {
    server = await startLdapServer({
      people: [{ uid: 'ana.very-private', attributes: { mail: 'ana@private.test' } }],
      groups: [{ cn: 'private-group', members: [personDn('ana.very-private')] }],
    });
  });
  afterAll(() => server.close());

  const environment = ({ tls = {}, ...ldap }: Record<string, unknown> = {}) => ({
    directory: 'ldap',
    tls: { ca: server.ca, ...(tls as object) },
    ldap: {
      servers: [{ address: '127.0.0.1', port: server.tlsPort }],
      bindDn: ldapNames.bindDn,
      bindPassword: ldapNames.bindPassword,
      baseDns: [ldapNames.peopleDn],
      groupBaseDns: [ldapNames.groupsDn],
      ...ldap,
    },
  });

  it('that works passes every step, and the answer holds nothing of its people', async () => {
    const written = await write(environment());
    expect([written.status, written.body.warnings]).toEqual([200, undefined]);
    const answer = await api.call('POST', `/environments/${written.body.data.id}/check`);
    const { ok, servers } = answer.body.data;
    const steps = ['resolve', 'tcp', 'tls', 'bind', 'search', 'person'].map((step) => `${step} ok`);
    expect([ok, statuses(servers[0].steps)]).toEqual([true, steps]);
    expect(servers[0].steps[3].sentences).toEqual([{ key: 'check.ldap.bound', parameters: {} }]);
    expect(servers[0]).toMatchObject({ serverId: `127.0.0.1:${server.tlsPort}`, source: 'list' });
    expect(answer.text).not.toMatch(/private|ana\b/);
    const started = { startTls: true, servers: [{ address: '127.0.0.1', port: server.port }] };
    expect((await check((await write(environment(started))).body.data.id)).ok).toBe(true);
  });

  it('is tried before it is stored, and its stored password with the account that it belongs to alone', async () => {
    const count = async () => (await api.call('GET', '/environments?limit=1000')).body.data.length;
    const stored = (await write(environment())).body.data;
    const before = await count();
    const dryRun = (path: string, data: object) =>
      api.call('POST', `/environments${path}/dry-run`, { payload: { data } });
    expect((await dryRun('', environment())).body.data.ok).toBe(true);
    const wrong = (await dryRun('', environment({ bindPassword: 'wrong-7' }))).body.data;
    expect(statuses(wrong.servers[0].steps)).toContain('bind failed');
    const elsewhere = (baseDns: string) => ({ ldap: { baseDns: [baseDns] } });
    const of = `/${stored.id}`;
    expect((await dryRun(of, elsewhere(ldapNames.peopleDn))).body.data.ok).toBe(true);
    expect((await dryRun(of, elsewhere(ldapNames.groupsDn))).body.data.ok).toBe(false);
    const other = await dryRun(of, { ldap: { bindDn: personDn('ana.very-private') } });
    expect([other.status, other.body.errors?.[0]?.status.field]).toEqual([400, 'data.ldap.bindPassword']);
    expect([await count(), (await api.call('GET', `/environments${of}`)).body.data]).toEqual([
      before,
      stored,
    ]);
  });

  it.each([
    ['a wrong password', () => ({ bindPassword: 'wrong-7' }), 'bind', 'data.ldap.bindDn'],
    ['another authority', () => ({ tls: { ca: createAuthority().cert } }), 'tls', 'data.tlsEnabled'],
    ['a base where nobody is', () => ({ baseDns: [ldapNames.groupsDn] }), 'search', 'data.ldap.baseDns'],
    [
      'a filter that finds nobody',
      () => ({ filters: { person: '(uid=nobody)' } }),
      'search',
      'data.ldap.baseDns',
    ],
  ])(
    'with %s is written with a warning, and the check names the step',
    async (_what, fields, step, field) => {
      const written = await write(environment(fields()));
      expect(written.status).toBe(200);
      expect(written.body.warnings).toMatchObject([
        { field, value: expect.any(String), message: expect.stringMatching(/correct|set/), step },
      ]);
      const { ok, servers } = await check(written.body.data.id);
      const failed = servers[0].steps.filter(({ status }: { status: string }) => status === 'failed');
      expect([ok, failed.map((one: { step: string }) => one.step)]).toEqual([false, [step]]);
    },
  );

  it('is in the diagnosis by its name, and with the step that fails', async () => {
    const other = await startApi();
    const finding = async () => {
      const { findings } = (await other.call('GET', '/diagnosis')).body.data;
      const { status, message } = findings.find(({ name }: { name: string }) => name === 'LDAP directories');
      expect(message).not.toMatch(/private|ana\b/);
      return [status, message];
    };
    try {
      expect(await finding()).toEqual(['skipped', expect.any(String)]);
      const create = (data: object) => other.call('POST', '/environments', { payload: { data } });
      const { name } = (await create(environment())).body.data;
      const place = `127.0.0.1:${server.tlsPort}`;
      const passed = `The LDAP servers of the environment ${name} passed every step: ${place}.`;
      expect(await finding()).toEqual(['ok', passed]);
      const servers = [
        { address: '127.0.0.1', port: server.tlsPort },
        { address: '127.0.0.1', port: await freePort() },
      ];
      await create(environment({ servers }));
      expect(await finding()).toEqual([
        'warning',
        expect.stringMatching(
          /The LDAP server 127\.0\.0\.1:\d+ of .* failed at the step tcp\. .*ECONNREFUSED/,
        ),
      ]);
      await create(environment({ bindPassword: 'wrong-7' }));
      expect(await finding()).toEqual([
        'failed',
        expect.stringMatching(/failed at the step bind\. .*correct ldap\.bindDn or ldap\.bindPassword\.$/),
      ]);
    } finally {
      await other.close();
    }
  });

  it('whose server does not answer is written with a warning that names the server', async () => {
    const port = await freePort();
    const servers = [
      { address: '127.0.0.1', port: server.tlsPort },
      { address: '127.0.0.1', port },
    ];
    const { body } = await write(environment({ servers }));
    expect(body.warnings).toMatchObject([
      {
        field: 'data.ldap.servers.1.address',
        value: `127.0.0.1:${port}`,
        message: expect.any(String),
        step: 'tcp',
      },
    ]);
    const found = await check(body.data.id);
    expect(found.servers.map(({ ok }: { ok: boolean }) => ok)).toEqual([true, false]);
  });
});

describe('a people store', () => {
  it('is checked for people who can sign in', async () => {
    const { id } = (await write({ directory: 'people' })).body.data;
    const empty = await check(id);
    expect([empty.ok, empty.servers, statuses(empty.people)]).toEqual([
      false,
      [],
      ['store ok', 'people failed', 'passwords skipped'],
    ]);
    const people = peopleIn(api, id);
    await people.add();
    const unarmed = await check(id);
    expect([unarmed.ok, statuses(unarmed.people)]).toEqual([
      true,
      ['store ok', 'people ok', 'passwords skipped'],
    ]);
    await people.add({ password: `a-password-${randomUuid()}` });
    const { ok, people: steps } = await check(id);
    expect(steps[1].sentences).toEqual([{ key: 'check.store.active', parameters: { active: 2, people: 2 } }]);
    expect([ok, steps.map(({ message }: { message: string }) => message)]).toEqual([
      true,
      ['The people store can be read.', 'Active people: 2 of 2.', 'Of these, 1 can sign in with a password.'],
    ]);
  });
});
