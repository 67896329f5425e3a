/** The program: a simulator to run, and an operator's first tool when logins fail. */
import { parseArgs } from 'node:util';
import { admin, adminArgs, adminHelp } from './commands/admin.ts';
import { authenticate, ping, read, watch, withClient } from './commands/client-commands.ts';
import { conformance } from './commands/conformance.ts';
import {
  accountPassword,
  areOfThisMachine,
  clientOptions,
  connectionArgs,
  connectionHelp,
} from './commands/connection-options.ts';
import { parseFilter } from './commands/filter-terms.ts';
import { createOutput } from './commands/output.ts';
import { readPassword } from './commands/read-password.ts';
import { parsePort, serve, serveArgs, serveHelp } from './commands/serve.ts';
import { untilStopped } from './commands/until-stopped.ts';

const help = `config-server-simulator: a Configuration Server for demos, tests and development, and a first tool for
questions to any server of the same protocol

Usage:
  config-server-simulator serve [options]                    run a server until SIGTERM or Ctrl-C
  config-server-simulator ping [--count N]                   is the server there, how fast does it answer
  config-server-simulator read person|access-group|tenant [--filter key=value]...
  config-server-simulator authenticate USER-NAME             reads the password from standard input; a real login,
                                                             so a wrong password counts towards lock-out
  config-server-simulator watch                              person changes as they happen
  config-server-simulator conformance [--user NAME]          does a server keep to the protocol; the password of the
                                                             user (agent) is read from CONFIG_SERVER_USER_PASSWORD,
                                                             on this machine else the demo's. No wrong one is tried
  config-server-simulator admin COMMAND [USER-NAME] --control FILE
                                                             unlock, disable, switchover … in a running simulator

${serveHelp}

${adminHelp}

${connectionHelp}

Exit codes: 0 well, 1 refused by the server, 2 no server that can be used (not reachable, or it refuses the service
account), or wrong options.
`;

/** Runs the program with these arguments; sets the exit code and says what is wrong on standard error. */
export async function runProgram(args: string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // The reader has seen enough, as `head` does: that ends a question, not a server.
    if (args[0] !== 'serve') process.exit();
  });
  try {
    process.exitCode = await main(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}

async function main(args: string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === undefined || command === 'help' || args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help);
    return command === undefined ? 2 : 0;
  }
  if (command === 'serve') {
    const { values } = parseArgs({ args: rest, options: serveArgs });
    return serve({ ...values, port: parsePort(values.port) });
  }
  if (command === 'admin') {
    const { values, positionals } = parseArgs({ args: rest, allowPositionals: true, options: adminArgs });
    const output = createOutput((text) => process.stdout.write(text), values.json);
    return admin(positionals, values.control, askPassword, output);
  }
  return ask(command, rest);
}

function askPassword(): Promise<string> {
  return readPassword(process.stdin, (text) => process.stderr.write(text));
}

async function ask(command: string, args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...connectionArgs,
      count: { type: 'string', default: '10' },
      filter: { type: 'string', multiple: true, default: [] },
      user: { type: 'string', default: 'agent' },
    },
  });
  const output = createOutput((text) => process.stdout.write(text), values.json);
  const options = clientOptions(values, process.env);
  const [subject = ''] = positionals;
  switch (command) {
    case 'ping': {
      const count = parseCount(values.count);
      return withClient(options, output, (client) => ping(client, output, count));
    }
    case 'read':
      return withClient(options, output, (client) =>
        read(client, output, subject, parseFilter(values.filter)),
      );
    case 'authenticate': {
      if (subject === '')
        throw new Error('authenticate whom? Give the user name; the password is read from standard input');
      const password = await askPassword();
      return withClient(options, output, (client) => authenticate(client, output, subject, password));
    }
    case 'watch':
      return withClient(options, output, (client) => watch(client, output, untilStopped()));
    case 'conformance': {
      const user = { userName: values.user, password: userPassword(values, process.env) };
      return conformance(
        { connection: values, accountPassword: accountPassword(values, process.env), user },
        output,
      );
    }
    default:
      throw new Error(`unknown command "${command}"; try --help`);
  }
}

/** Never a guess at a server of somebody else: a wrong password counts. Errors: a sentence when there is none. */
function userPassword({ user, server }: { user: string; server: string[] }, env: NodeJS.ProcessEnv): string {
  const given = env['CONFIG_SERVER_USER_PASSWORD'];
  if (given !== undefined) return given;
  if (areOfThisMachine(server)) return `demo-${user}-password`;
  throw new Error(`the password of ${user} is missing: CONFIG_SERVER_USER_PASSWORD`);
}

/** Errors: a sentence for what is no number of reads. */
function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 100_000) return count;
  throw new Error(`--count ${text} is not a number between 1 and 100000`);
}
