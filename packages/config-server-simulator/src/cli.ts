#!/usr/bin/env node
/** The program: a simulator to run, and an operator's first tool when logins fail. */
import { parseArgs } from 'node:util';
import { serve } from './commands/serve.ts';

const help = `config-server-simulator: a Configuration Server for demos, tests and development

Usage:
  config-server-simulator serve [options]    run a server until SIGTERM or Ctrl-C

Options of serve:
  --host ADDRESS       address to listen on                                  (127.0.0.1)
  --port NUMBER        port to listen on; 0 takes a free one                 (8888)
  --seed demo|FILE     the estate to start with: the demo, or a JSON or YAML file  (demo)
  --file FILE          keep the estate in this file; the seed then counts only for a new file
  --quiet              print nothing but the ready line
  --verbose            print more

The demo estate has the application "gatehouse" with the service account gatehouse / demo-service-password,
and in its tenant "demo" the users agent, supervisor, admin, locked (disabled) and newcomer (must change the
password), each with the password demo-<name>-password.
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === undefined || command === 'help' || rest.includes('--help') || command === '--help') {
    process.stdout.write(help);
    return command === undefined ? 2 : 0;
  }
  if (command !== 'serve') throw new Error(`unknown command "${command}"; try --help`);
  const { values } = parseArgs({
    args: rest,
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8888' },
      seed: { type: 'string', default: 'demo' },
      file: { type: 'string' },
      quiet: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  return serve({ ...values, port: parsePort(values.port) });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port ${text} is not between 0 and 65535`);
  return port;
}
