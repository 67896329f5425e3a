/** The program: global options, the groups, and how a failure is printed. */
import { readFileSync } from 'node:fs';
import { UpstreamError } from '@gatehouse/api-client/http';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { createCli } from './command-group.ts';
import { type ExitCode, exitCodes, Failure, type FieldProblem } from './failure/failure.ts';
import { failureOf } from './failure/upstream.ts';
import { groups } from './groups.ts';
import { shown } from './output/text.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Runs one command; resolves with the exit code. Nothing is thrown: what is wrong stands on standard error. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: ExitCode = exitCodes.ok;
  const program = createProgram(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return commanderExitCode(error);
    return printFailure(terminal, asFailure(error), args.includes('--json'));
  }
}

export function createProgram(terminal: Terminal, ended: (code: ExitCode) => void): Command {
  const program = new Command('gatehouse')
    .description('Administers an installation of Gatehouse over its public APIs.')
    // Before the groups: they inherit how an end and a sentence are handled.
    .exitOverride()
    .configureOutput({
      writeOut: terminal.writeOut,
      writeErr: terminal.writeError,
      getOutHelpWidth: () => terminal.columns ?? 100,
      getErrHelpWidth: () => terminal.columns ?? 100,
    })
    .showHelpAfterError('(--help tells more)')
    .configureHelp({ showGlobalOptions: true })
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('-p, --profile <name>', 'the installation to talk to (GATEHOUSE_PROFILE)')
    .option('--json', 'print data for scripts instead of tables')
    .option('-y, --yes', 'ask nothing')
    .addOption(
      new Option('--timeout <seconds>', 'longest wait for an answer; 60 for most commands').argParser(
        parseTimeout,
      ),
    )
    .addOption(new Option('--insecure-http', 'send credentials over an unencrypted connection').hideHelp());
  const cli = createCli(terminal, ended);
  for (const group of groups) group(program, cli);
  return program;
}

function parseTimeout(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError('It must be a number of seconds, up to 3600.');
}

/** Help that was asked for is well; help that was shown because something is missing is not. */
function commanderExitCode({ code }: CommanderError): ExitCode {
  const asked = ['commander.helpDisplayed', 'commander.version'];
  return asked.includes(code) ? exitCodes.ok : exitCodes.usage;
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof UpstreamError) return failureOf(error);
  throw error;
}

function printFailure(terminal: Terminal, failure: Failure, isJson: boolean): ExitCode {
  const { message, problems, httpStatus, exitCode } = failure;
  if (isJson) {
    terminal.writeError(`${JSON.stringify({ error: { message, status: httpStatus, problems } })}\n`);
    return exitCode;
  }
  const lines = problems
    .filter((problem) => !message.includes(problem.message))
    .map(({ message: what, ...place }) => `  ${[...placesOf(place), shown(what)].join(': ')}`);
  terminal.writeError(`${[...message.split('\n').map(shown), ...lines].join('\n')}\n`);
  return exitCode;
}

/** From the outermost: `clients.yaml:12`, `Client desktop`, `spec.redirectURIs[0]`. */
function placesOf({ file, line, document, field }: Omit<FieldProblem, 'message'>): string[] {
  const inFile = file && line !== undefined ? `${file}:${line}` : file;
  return [inFile, document, field].filter((place) => place !== undefined && place !== '').map(shown);
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
