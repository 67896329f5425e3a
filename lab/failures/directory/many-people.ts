/** Measures an OpenLDAP directory of many people: searches, one look at everybody, logins, and the memory of Auth API meanwhile. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery';
import { createDirectoryBackend } from '@gatehouse/directory-ldap';
import { CfgObjectState } from '@gatehouse/people-directory';
import {
  groupDn,
  type LdapTestData,
  type LdapTestServer,
  ldapNames,
  personDn,
  startLdapServer,
} from '@gatehouse/testing/ldap';
import pg from 'pg';
import { startLoad } from '../../harness/load.ts';
import { createRecord } from '../../harness/record.ts';
import type { Installation } from './installation.ts';
import { growthOf, watchMemory } from './memory.ts';
import type { Row } from './row.ts';

const domain = 'many';
const password = ldapNames.personPassword;
const pollSeconds = 30;
const peopleInTeam = 100;
const searches = 3_000;
const searchesAtOnce = 4;
const loginsPerSecond = 10;
/** The logins before are those of a process whose hot parts are not compiled yet. */
const warmUpSeconds = 60;
const loginMustMs = 1_000;
const searchMustMs = 100;
/** Of the used heap: what is kept of people has its bound. */
const mayGrowMiB = 24;

interface Directory {
  ids: readonly string[];
  server: LdapTestServer;
  settings: ReturnType<typeof settingsOf>;
}

export async function manyPeople(
  installation: Installation,
  report: (row: Row) => void,
  { people: count, minutes }: { people: number; minutes: number },
): Promise<void> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const startMs = performance.now();
  const server = await startLdapServer(dataOf(ids));
  installation.closers.defer(() => server.close());
  const loadedMs = performance.now() - startMs;
  const directory = { ids, server, settings: settingsOf(server) };
  const { name, figures, faults } = await measureSearches(directory);
  report({ name, figures: [`loaded in ${(loadedMs / 1_000).toFixed(0)} s`, ...figures], faults });
  report(await measureLogins(installation, directory, minutes));
}

const someOf = (ids: readonly string[]) => `agent-${Math.floor(Math.random() * ids.length)}`;

/** By the package alone, in this process. */
async function measureSearches({ ids, server, settings }: Directory): Promise<Row> {
  const numbers = ids.map((externalId, index) => ({ externalId, dbid: index + 1 }));
  const dbids = new Map(numbers.map(({ externalId, dbid }) => [externalId, dbid]));
  const backend = createDirectoryBackend({
    settings,
    endpoints: staticEndpoints([{ host: '127.0.0.1', port: server.tlsPort }]),
    numbers: {
      of: async (wanted) => new Map(wanted.map((id) => [id, dbids.get(id) ?? 0])),
      given: async (wanted) => new Map(wanted.map((id) => [id, dbids.get(id) ?? 0])),
      idOf: async (dbid) => ids[dbid - 1],
      known: async (after, limit) => numbers.slice(after, after + limit),
    },
  });
  try {
    const find = await timesOf(searches, async () => {
      const [person] = await backend.readPersons({ user_name: someOf(ids) });
      if (person === undefined) throw new Error('a person is not found');
      const groups = await backend.readAccessGroups({ person_dbid: person.DBID });
      if (groups.length !== 2) throw new Error(`a person has ${groups.length} groups`);
    });
    const lookMs = await timed(() => backend.readPersonDbids({ state: CfgObjectState.disabled }));
    return {
      name: `OpenLDAP with ${ids.length} people: searches`,
      figures: [
        `a person by name, and the groups in groups (4 searches), ${searchesAtOnce} people at once: p50 ${find.p50} ms, p99 ${find.p99} ms`,
        `one look at everybody: ${(lookMs / 1_000).toFixed(1)} s`,
      ],
      faults: find.p99 > searchMustMs ? [`p99 of searches above ${searchMustMs} ms`] : [],
    };
  } finally {
    await backend.close();
  }
}

async function measureLogins(
  { addDirectory, peopleOf, postgresUrl, managementUrls, closers }: Installation,
  { ids, server, settings: { tls, ...settings } }: Directory,
  minutes: number,
): Promise<Row> {
  const servers = [{ address: '127.0.0.1', port: server.tlsPort }];
  const environmentId = await addDirectory(domain, { ...settings, servers }, tls.ca);
  await numberAll(postgresUrl, environmentId, ids);
  const { login, token, isActive } = peopleOf(domain);
  const record = createRecord();
  const send = async () => {
    const answer = await login(someOf(ids), password);
    return { answer, isRight: answer.status === 200 };
  };
  const load = startLoad([{ kind: 'login', perSecond: loginsPerSecond, atOnce: 40, send }], record);
  closers.defer(() => load.stop());
  await wait(warmUpSeconds * 1_000);
  record.sent.length = 0;
  const memory = watchMemory(managementUrls.authApi);
  await wait(minutes * 60_000);
  const { heap, resident } = growthOf(await memory.stop());
  const sent = [...record.sent];
  const leaver = `agent-${ids.length - 1}`;
  const held = await token(leaver, password);
  await server.modify(disabling(leaver));
  const endedMs = await timed(async () => {
    const limitMs = performance.now() + 4 * pollSeconds * 1_000;
    while ((await isActive(held)) && performance.now() < limitMs) await wait(100);
  });
  const durations = sent.map(({ startedMs, endedMs: answeredMs }) => answeredMs - startedMs);
  const failed = sent.filter(({ isRight }) => !isRight).length;
  const [p50, p99] = [percentile(durations, 0.5), percentile(durations, 0.99)];
  return {
    name: `OpenLDAP with ${ids.length} people: ${loginsPerSecond} logins a second for ${minutes} minutes, a look at everybody every ${pollSeconds} s`,
    figures: [
      `${sent.length} logins, ${failed} failed: p50 ${p50} ms, p99 ${p99} ms`,
      `heap of Auth API ${heap.before} MiB, then ${heap.after} MiB; resident ${resident.before} MiB, then ${resident.after} MiB`,
      `disabled: token ended after ${(endedMs / 1_000).toFixed(1)} s`,
    ],
    faults: [
      ...(failed > 0 ? [`${failed} logins failed`] : []),
      ...(p99 > loginMustMs ? [`p99 of logins above ${loginMustMs} ms`] : []),
      ...(heap.after - heap.before > mayGrowMiB ? ['the memory of Auth API grows'] : []),
      ...((await isActive(held)) ? ['the token of a disabled person lives on'] : []),
    ],
  };
}

/** Everybody is in a team, and each team in a department. */
function dataOf(ids: readonly string[]): LdapTestData {
  const nameOf = (index: number) => `agent-${index}`;
  const teams = Array.from({ length: Math.ceil(ids.length / peopleInTeam) }, (_, team) => ({
    cn: `team-${team}`,
    members: ids
      .slice(team * peopleInTeam, (team + 1) * peopleInTeam)
      .map((_id, index) => personDn(nameOf(team * peopleInTeam + index))),
  }));
  const department = { cn: 'department', members: teams.map(({ cn }) => groupDn(cn)) };
  return {
    people: ids.map((entryUUID, index) => ({ uid: nameOf(index), attributes: { entryUUID } })),
    groups: [...teams, department],
  };
}

function settingsOf({ ca }: { ca: string }) {
  const { bindDn, bindPassword, peopleDn, groupsDn } = ldapNames;
  return {
    type: 'standard' as const,
    startTls: false,
    tls: { ca },
    ...{ bindDn, bindPassword, baseDns: [peopleDn], groupBaseDns: [groupsDn] },
    filters: { person: '(objectClass=inetOrgPerson)', group: '(objectClass=groupOfNames)' },
    attributes: {
      id: 'entryUUID',
      userName: 'uid',
      firstName: 'givenName',
      lastName: 'sn',
      email: 'mail',
      employeeId: 'employeeNumber',
      externalId: 'uid',
      groupName: 'cn',
      member: 'member',
    },
    groupDepth: 3,
    pollSeconds,
  };
}

/** As if everybody had signed in before: only those are looked at. */
async function numberAll(url: string, environmentId: string, ids: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const text =
    'INSERT INTO environment.person_numbers (environment_id, external_id) SELECT $1, unnest($2::text[])';
  await client.query(text, [environmentId, ids]).finally(() => client.end());
}

const disabling = (name: string) =>
  `dn: ${personDn(name)}\nchangetype: modify\nreplace: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n`;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

async function timesOf(count: number, work: () => Promise<void>): Promise<{ p50: number; p99: number }> {
  const durations: number[] = [];
  const oneAfterAnother = async () => {
    while (durations.length < count) durations.push(await timed(work));
  };
  await Promise.all(Array.from({ length: searchesAtOnce }, oneAfterAnother));
  return { p50: percentile(durations, 0.5), p99: percentile(durations, 0.99) };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 10) / 10;
}
