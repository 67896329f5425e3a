#!/usr/bin/env node
/** The program: a simulator to run, and an operator's first tool when logins fail. */
import { parseArgs } from 'node:util';
import { authenticate, ping, read, watch, withClient } from './commands/client-commands.ts';
import { clientOptions, connectionArgs, connectionHelp } from './commands/connection-options.ts';
import { parseFilter } from './commands/filter-terms.ts';
import { createOutput } from './commands/output.ts';
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

${serveHelp}

${connectionHelp}

Exit codes: 0 well, 1 refused by the server, 2 not reachable or wrong options.
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function main(args: string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === undefined || command === 'help' || args.includes('--help')) {
    process.stdout.write(help);
    return command === undefined ? 2 : 0;
  }
  if (command === 'serve') {
    const { values } = parseArgs({ args: rest, options: serveArgs });
    return serve({ ...values, port: parsePort(values.port) });
  }
  return ask(command, rest);
}

async function ask(command: string, args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...connectionArgs,
      count: { type: 'string', default: '10' },
      filter: { type: 'string', multiple: true, default: [] },
    },
  });
  const output = createOutput((text) => process.stdout.write(text), values.json);
  const options = clientOptions(values, process.env);
  const [subject = ''] = positionals;
  switch (command) {
    case 'ping':
      return withClient(options, output, (client) => ping(client, output, Number(values.count)));
    case 'read':
      return withClient(options, output, (client) =>
        read(client, output, subject, parseFilter(values.filter)),
      );
    case 'authenticate': {
      const password = await readPassword();
      return withClient(options, output, (client) => authenticate(client, output, subject, password));
    }
    case 'watch':
      return withClient(options, output, (client) => watch(client, output, untilStopped()));
    default:
      throw new Error(`unknown command "${command}"; try --help`);
  }
}

/** One line; at a terminal it is asked for. */
async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('password (shown while you type): ');
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.replace(/\r?\n[\s\S]*$/, '');
}
