/** Several real OpenLDAP servers, and what their administrators do while people are signed in. */

import { pause, silentLogger } from '@gatehouse/config-server-client/surroundings';
import { ManualClock } from '@gatehouse/config-server-client/testing';
import { CfgObjectState, type PersonChange } from '@gatehouse/people-directory';
import { createAuthority } from '@gatehouse/testing/keys';
import {
  findSlapd,
  type LdapTestServer,
  ldapNames,
  personDn,
  startLdapServer,
} from '@gatehouse/testing/ldap';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineDirectory } from '../src/examine.ts';
import { createPersonWatch } from '../src/people/watch.ts';
import { operations } from '../src/wire/answers.ts';
import { numbersOfTest, on, openBackend, settingsFor } from './directory-under-test.ts';
import { pretendServer, requests, result } from './pretended-server.ts';

const password = ldapNames.personPassword;
const replace = (uid: string, attribute: string, value: string) =>
  `dn: ${personDn(uid)}\nchangetype: modify\nreplace: ${attribute}\n${attribute}: ${value}\n`;

describe.skipIf(findSlapd() === undefined)('two real OpenLDAP servers', () => {
  const authority = createAuthority();
  let first: LdapTestServer;
  let second: LdapTestServer;
  beforeAll(async () => {
    const fixed = (uid: string, number: number) => ({
      uid,
      // Long ago, so that another password has another date.
      attributes: {
        entryUUID: `00000000-0000-4000-8000-00000000000${number}`,
        pwdChangedTime: '20260101000000Z',
      },
    });
    const people = ['anna', 'disabled', 'removed', 'changed', 'moved'].map(fixed);
    first = await startLdapServer({ authority, people });
    second = await startLdapServer({ authority, people, verifyClients: true });
  });
  afterAll(async () => {
    await first?.close();
    await second?.close();
  });
  const tls = () => ({ ca: authority.cert, ...authority.issue() });
  const open = (numbers = numbersOfTest()) =>
    openBackend([on(first.tlsPort), on(second.tlsPort)], settingsFor({ tls: tls() }), { numbers });
  const signIn = (backend: ReturnType<typeof open>, userName = 'anna') =>
    backend.authenticate({ userName, password });

  it('take over from each other, and a person keeps the number', async () => {
    const backend = open();
    const before = await signIn(backend);

    await first.kill();
    const onSecond = await signIn(backend);
    await first.restart();
    await second.kill();
    const onFirst = await signIn(backend);
    await second.restart();

    expect([onSecond.userDbid, onFirst.userDbid]).toEqual([before.userDbid, before.userDbid]);
  });

  it('take over from one that is suspended, within the time of one login', async () => {
    const backend = open();
    await signIn(backend);
    const startedMs = performance.now();

    first.suspend();
    const read = await backend.readPersons({ user_name: 'anna' });
    first.resume();

    expect(read).toHaveLength(1);
    expect(performance.now() - startedMs).toBeLessThan(4_000);
  });

  it('are examined step by step, without values of people', async () => {
    const limits = { timeoutMs: 2_000, signal: AbortSignal.timeout(20_000) };
    const of = async (overrides: Parameters<typeof settingsFor>[0], port = second.tlsPort) => {
      const steps = await examineDirectory(on(port), settingsFor({ tls: tls(), ...overrides }), limits);
      expect(JSON.stringify(steps)).not.toMatch(/anna|Surname|Correct-Horse/);
      const failed = steps.find(({ status }) => status === 'failed');
      return failed === undefined ? steps.map(({ status }) => status) : failed.sentence;
    };

    expect(await of({})).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
    expect(await of({ startTls: true }, second.port)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
    expect(await of({ tls: undefined }, second.port)).toContain('skipped');
    const { host: address, port: tcpPort } = on(1);
    expect(await of({}, 1)).toEqual({
      key: 'check.ldap.notReached',
      parameters: { address, port: tcpPort, problem: 'ECONNREFUSED' },
    });
    expect(await of({ tls: {} })).toMatchObject({ key: 'check.ldap.tlsFailed' });
    expect(await of({ bindPassword: 'wrong' })).toMatchObject({ key: 'check.ldap.accountRefused' });
    expect(await of({ baseDns: ['ou=none,dc=example,dc=test'] })).toMatchObject({ key: 'check.ldap.noBase' });
    expect(await of({ filters: { person: '(uid=nobody)', group: '(cn=x)' } })).toMatchObject({
      key: 'check.ldap.nobody',
    });
  });

  it('are looked at again and again: who is disabled, gone, or has another password is reported', async () => {
    const backend = open();
    const dbids: Record<string, number> = {};
    for (const name of ['disabled', 'removed', 'changed', 'moved', 'anna'])
      dbids[name] = (await signIn(backend, name)).userDbid;
    const changes: PersonChange[] = [];
    backend.subscribePersons((change) => changes.push(change));
    const of = (name: string) => changes.filter((change) => 'dbid' in change && change.dbid === dbids[name]);
    await expect.poll(() => changes, { timeout: 5_000 }).toEqual([{ kind: 'resync' }]);

    await first.modify(replace('disabled', 'pwdAccountLockedTime', '000001010000Z'));
    await first.modify(replace('changed', 'userPassword', 'Another-Horse-2'));
    await first.modify(`dn: ${personDn('removed')}\nchangetype: delete\n`);
    await first.modify(
      `dn: ${personDn('moved')}\nchangetype: moddn\nnewrdn: uid=moved\ndeleteoldrdn: 1\nnewsuperior: ou=groups,${ldapNames.suffix}\n`,
    );

    await expect.poll(() => changes.length, { timeout: 5_000 }).toBe(5);
    expect(of('disabled')).toMatchObject([
      { kind: 'updated', delta: { set: { state: CfgObjectState.disabled }, passwordChanged: false } },
    ]);
    expect(of('removed')).toMatchObject([{ kind: 'deleted' }]);
    expect(of('moved')).toMatchObject([{ kind: 'deleted' }]);
    const [changed] = await backend.readPersons({ user_name: 'changed' });
    expect(of('changed')).toMatchObject([
      {
        kind: 'updated',
        delta: { set: { PasswordUpdatingDate: changed?.PasswordUpdatingDate }, passwordChanged: true },
      },
    ]);
    const enabled = await backend.readPersonDbids({ state: CfgObjectState.enabled }, { maxObjects: 1 });
    expect(enabled).toHaveLength(1);
    const disabled = await backend.readPersonDbids({ state: CfgObjectState.disabled });
    expect(disabled.sort()).toEqual([dbids['disabled'], dbids['removed'], dbids['moved']].sort());

    await first.modify(`dn: ${personDn('disabled')}\nchangetype: modify\ndelete: pwdAccountLockedTime\n`);
    await expect.poll(() => of('disabled').length, { timeout: 5_000 }).toBe(2);
    expect(of('disabled')[1]).toMatchObject({ delta: { set: { state: CfgObjectState.enabled } } });
  });
});

describe('a look at everybody', () => {
  it('asks one search after the other, for what a look needs, so that logins get in between', async () => {
    const waiting = { now: 0, most: 0 };
    const server = await pretendServer(({ operation, messageId, answer }) => {
      if (operation !== requests.search) return undefined;
      waiting.now += 1;
      waiting.most = Math.max(waiting.most, waiting.now);
      // Later than whatever else the client has to send now.
      setTimeout(() => {
        waiting.now -= 1;
        answer(result(messageId, operations.searchDone));
      }, 20);
      return 'taken';
    });
    const numbers = numbersOfTest();
    await numbers.of(Array.from({ length: 350 }, (_, index) => `id-${index}`));
    const backend = openBackend([on(server.port)], settingsFor(), { numbers });

    const gone = await backend.readPersonDbids({ state: CfgObjectState.disabled });

    expect(gone).toHaveLength(350);
    expect(server.seen.filter((operation) => operation === requests.search)).toHaveLength(4);
    expect(waiting.most).toBe(1);
    expect(server.bytes().includes('pwdChangedTime')).toBe(true);
    expect(server.bytes().includes('givenName')).toBe(false);
  });

  it.each([
    ['begins once in each interval, whatever part of it it takes', 4_000, 10_000],
    ['that takes longer than the interval leaves half of it to others', 12_000, 17_000],
  ])('%s', async (_what, lookMs, nextMs) => {
    const clock = new ManualClock();
    const startsMs: number[] = [];
    async function* look() {
      startsMs.push(clock.monotonicMs());
      await pause(clock, lookMs);
      yield [];
    }
    const watch = createPersonWatch({ look, pollMs: 10_000, clock, log: silentLogger });
    watch.subscribe(() => undefined);

    await clock.advance(nextMs);
    watch.close();

    expect(startsMs).toEqual([0, nextMs]);
  });
});
