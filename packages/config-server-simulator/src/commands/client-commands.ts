/** An operator's questions to a running server: is it there, who is this person, would this login work, what changes? */
import { type ConfigServerClient, createConfigServerClient } from '@gatehouse/config-server-client/client';
import type { ConfigServerClientOptions } from '@gatehouse/config-server-client/client-options';
import { ConfigServerError } from '@gatehouse/config-server-client/errors';
import { CfgObjectState, flagIsSet } from '@gatehouse/config-server-client/model/enumerations';
import type { Output } from './output.ts';

/** Runs `command` with a client, and says in one line what failed. The exit code: 0, 1 refused, 2 not reachable. */
export async function withClient(
  options: ConfigServerClientOptions,
  output: Output,
  command: (client: ConfigServerClient) => Promise<void>,
): Promise<number> {
  const client = createConfigServerClient(options);
  try {
    await command(client);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigServerError)) throw error;
    const { code, message } = error;
    const why = code === 'NoEndpoint' ? client.stateReason : error.detail;
    output.record({ error: code, message, ...(why === undefined || why === message ? {} : { why }) });
    return error.sent ? 1 : 2;
  } finally {
    await client.close();
  }
}

/** Connects, then measures `count` small reads. */
export async function ping(client: ConfigServerClient, output: Output, count: number): Promise<void> {
  const startedMs = performance.now();
  await client.readTenants({ dbid: 1 });
  const connectMs = performance.now() - startedMs;
  const timesMs: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const sentMs = performance.now();
    await client.readTenants({ dbid: 1 });
    timesMs.push(performance.now() - sentMs);
  }
  timesMs.sort((a, b) => a - b);
  output.record({
    server: client.endpoint,
    connectAndFirstReadMs: round(connectMs),
    reads: count,
    fastestMs: round(timesMs[0] ?? 0),
    medianMs: round(timesMs[Math.floor(timesMs.length / 2)] ?? 0),
    slowestMs: round(timesMs.at(-1) ?? 0),
  });
}

/** `what`: person, access-group or tenant. */
export async function read(
  client: ConfigServerClient,
  output: Output,
  what: string,
  filter: Record<string, string | number>,
): Promise<void> {
  switch (what) {
    case 'person': {
      const persons = await client.readPersons(filter);
      const rows = persons.map((person) => ({
        ...person,
        enabled: person.state === CfgObjectState.enabled ? 'yes' : 'no',
        agent: flagIsSet(person.isAgent) ? 'yes' : 'no',
        mustChange: flagIsSet(person.changePasswordOnNextLogin) ? 'yes' : 'no',
      }));
      output.table(
        ['DBID', 'tenantDBID', 'userName', 'firstName', 'lastName', 'enabled', 'agent', 'mustChange'],
        rows,
      );
      return;
    }
    case 'access-group': {
      const groups = await client.readAccessGroups(filter);
      const rows = groups.map((group) => ({
        ...group.groupInfo,
        type: group.type,
        members: group.memberIDs?.length ?? 0,
      }));
      output.table(['DBID', 'tenantDBID', 'name', 'type', 'members'], rows);
      return;
    }
    case 'tenant':
      output.table(
        ['DBID', 'name', 'parentTenantDBID', 'enabled'],
        (await client.readTenants(filter)).map((tenant) => ({
          ...tenant,
          enabled: tenant.state === CfgObjectState.enabled ? 'yes' : 'no',
        })),
      );
      return;
    default:
      throw new Error(`read ${what === '' ? 'what' : `"${what}"`}? Give person, access-group or tenant`);
  }
}

/** Counts as a real login: a wrong password counts towards lock-out. */
export async function authenticate(
  client: ConfigServerClient,
  output: Output,
  userName: string,
  password: string,
): Promise<void> {
  const user = await client.authenticate({ userName, password });
  output.record({ result: 'authenticated', ...user });
}

/** Prints changes of persons until `ended`. */
export async function watch(client: ConfigServerClient, output: Output, ended: Promise<void>): Promise<void> {
  await client.readTenants({ dbid: 1 });
  client.subscribePersons((change) => output.record({ time: new Date().toISOString(), ...change }));
  output.line(`watching person changes at ${client.endpoint}; Ctrl-C ends`);
  await ended;
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
