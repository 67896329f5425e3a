#!/usr/bin/env node
/** The program `config-server-simulator`: reads the command line and runs a server. */
import { parseArgs } from 'node:util';
import { serve, serveArgs, serveHelp } from './program/serve.ts';

const help = `config-server-simulator: a Configuration Server for demos, tests and development

Usage:
  config-server-simulator serve [options]      run a server until SIGTERM or Ctrl-C

${serveHelp}

Questions to a running server (ping, read, authenticate, watch): gatehouse config-server --help
Does a server keep to the protocol: config-server-conformance --help

Exit codes: 0 well, 2 wrong options.
`;

const [command, ...args] = process.argv.slice(2);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of the log has gone away; the server goes on.
  if (error.code !== 'EPIPE') throw error;
});

if (command === undefined || [command, ...args].some((word) => ['help', '--help', '-h'].includes(word))) {
  process.stdout.write(help);
  process.exitCode = command === undefined ? 2 : 0;
} else {
  try {
    if (command !== 'serve') throw new Error(`unknown command "${command}"; try --help`);
    await serve(parseArgs({ args, options: serveArgs }).values);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
