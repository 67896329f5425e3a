/** `gatehouse config-server`: questions to a Configuration Server, asked with the client that Auth API uses. */
import type { ConfigServerClient } from '@gatehouse/config-server-client/client';
import { CfgObjectState, flagIsSet } from '@gatehouse/people-directory';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { UsageError } from '../../failure/failure.ts';
import { readSecretFile } from '../../input/file.ts';
import type { Output } from '../../output/output.ts';
import { askSecret } from '../../terminal/prompts.ts';
import { type ConnectionOptions, withClient, withConnectionOptions } from './connection.ts';

type Filter = Record<string, string | number>;

export function configServerCommands(program: Command, cli: Cli): void {
  const group = program
    .command('config-server')
    .description('questions to a Configuration Server: the first tool when logins fail');
  const command = (name: string, description: string) =>
    withConnectionOptions(group.command(name).description(description));

  command('ping', 'is the server there, does it accept the account, how fast does it answer')
    .option('--count <number>', 'how many reads to measure', parseCount, 10)
    .action(
      cli.action<ConnectionOptions & { count: number }>((session, options) =>
        withClient(session, options, (client) => ping(client, session.output, options.count)),
      ),
    );

  command('read', 'what the server knows')
    .argument('[what]', 'person, access-group or tenant')
    .option(
      '--filter <key=value>',
      'only objects with this value; several times',
      (term: string, terms: string[]) => [...terms, term],
      [],
    )
    .action(
      cli.action<ConnectionOptions & { filter: string[] }, [string | undefined]>(
        async (session, options, what) => {
          const filter = parseFilter(options.filter);
          const read = what === undefined ? undefined : readers[what];
          if (read === undefined)
            throw new UsageError(
              `read ${what === undefined ? 'what' : `"${what}"`}? Give person, access-group or tenant`,
            );
          await withClient(session, options, (client) => read(client, session.output, filter));
        },
      ),
    );

  command('authenticate', 'would this login work; a real login: a wrong password counts towards lock-out')
    .argument('[user-name]', 'the password is read from standard input, or typed without being shown')
    .action(
      cli.action<ConnectionOptions, [string | undefined]>(async (session, options, userName) => {
        if (userName === undefined)
          throw new UsageError(
            'authenticate whom? Give the user name; the password is read from standard input',
          );
        const { terminal, output } = session;
        const password = terminal.isInteractive
          ? await askSecret(terminal, 'password', 'it is read from standard input')
          : firstLine(await readSecretFile(terminal, '-', 'The password'));
        await withClient(session, options, async (client) => {
          const answer = { result: 'authenticated', ...(await client.authenticate({ userName, password })) };
          output.record(answer, Object.entries(answer));
        });
      }),
    );

  command('watch', 'changes of persons as they happen, until Ctrl-C').action(
    cli.action<ConnectionOptions>((session, options) =>
      withClient(session, options, (client) => watch(client, session.output)),
    ),
  );
}

/** Connects, then measures `count` small reads. */
async function ping(client: ConfigServerClient, output: Output, count: number): Promise<void> {
  const connectAndFirstReadMs = await timed(() => client.readTenants({ dbid: 1 }));
  const timesMs: number[] = [];
  for (let index = 0; index < count; index += 1)
    timesMs.push(await timed(() => client.readTenants({ dbid: 1 })));
  timesMs.sort((a, b) => a - b);
  const answer = {
    server: client.endpoint,
    connectAndFirstReadMs,
    reads: count,
    fastestMs: timesMs[0],
    medianMs: timesMs[Math.floor(count / 2)],
    slowestMs: timesMs.at(-1),
  };
  output.record(answer, Object.entries(answer));
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return Math.round((performance.now() - startedMs) * 100) / 100;
}

type Reader = (client: ConfigServerClient, output: Output, filter: Filter) => Promise<void>;

const readers: Readonly<Record<string, Reader>> = {
  person: async (client, output, filter) => {
    const rows = (await client.readPersons(filter)).map((person) => ({
      ...person,
      enabled: yesOrNo(person.state === CfgObjectState.enabled),
      agent: yesOrNo(flagIsSet(person.isAgent)),
      mustChange: yesOrNo(flagIsSet(person.changePasswordOnNextLogin)),
    }));
    const columns = [
      'DBID',
      'tenantDBID',
      'userName',
      'firstName',
      'lastName',
      'enabled',
      'agent',
      'mustChange',
    ];
    table(output, rows, columns);
  },
  'access-group': async (client, output, filter) => {
    const rows = (await client.readAccessGroups(filter)).map(({ groupInfo, type, memberIDs }) => ({
      ...groupInfo,
      type,
      members: memberIDs?.length,
    }));
    table(output, rows, ['DBID', 'tenantDBID', 'name', 'type', 'members']);
  },
  tenant: async (client, output, filter) => {
    const rows = (await client.readTenants(filter)).map((tenant) => ({
      ...tenant,
      enabled: yesOrNo(tenant.state === CfgObjectState.enabled),
    }));
    table(output, rows, ['DBID', 'name', 'parentTenantDBID', 'enabled']);
  },
};

function table(output: Output, rows: Record<string, unknown>[], columns: string[]): void {
  output.rows(rows, Object.fromEntries(columns.map((name) => [name, name])), 'The server has none.');
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

/** Prints changes until SIGTERM or Ctrl-C; with --json one line each. */
async function watch(client: ConfigServerClient, output: Output): Promise<void> {
  await client.readTenants({ dbid: 1 });
  client.subscribePersons((change) => {
    const detail = { time: new Date().toISOString(), ...change };
    if (output.isJson) output.raw(JSON.stringify(detail));
    else output.record(detail, Object.entries(detail));
  });
  output.done(`watching person changes at ${client.endpoint}; Ctrl-C ends`);
  await new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

/** A pipe may hold more than the password: only its first line counts. */
function firstLine(text: string): string {
  return text.split(/\r|\n/, 1)[0] ?? '';
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 100_000) return count;
  throw new UsageError(`--count ${text} is not a number between 1 and 100000`);
}

/** The server compares these keys as text, all others as numbers. */
const textKeys: ReadonlySet<string> = new Set([
  'user_name',
  'employee_id',
  'first_name',
  'last_name',
  'email_address',
  'external_id',
  'name',
]);

function parseFilter(terms: string[]): Filter {
  return Object.fromEntries(
    terms.map((term) => {
      const at = term.indexOf('=');
      if (at < 1) throw new UsageError(`--filter ${term} is not key=value`);
      const key = term.slice(0, at);
      const value = term.slice(at + 1);
      if (textKeys.has(key)) return [key, value];
      const number = Number(value);
      if (value === '' || !Number.isInteger(number)) throw new UsageError(`--filter ${key} needs a number`);
      return [key, number];
    }),
  );
}
