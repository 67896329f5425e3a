/** `npm start`: runs the whole installation on this machine until Ctrl-C. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../bootstrap/pid-lock.mjs';
import { createProgress, PlainError } from '../bootstrap/progress.mjs';
import { readOptions, type StackOptions, usage } from './options.ts';
import { repositoryFolder } from './processes/node-program.ts';
import { createPaint, renderReadyLine, renderScreen, type ScreenFacts } from './screen/screen.ts';
import { createStack } from './stack.ts';
import { type StatePaths, statePaths } from './state/paths.ts';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env, join(repositoryFolder, '.gatehouse'));
  if (!options) {
    process.stdout.write(usage);
    return 0;
  }
  const paths = statePaths(options.stateFolder);
  mkdirSync(paths.folder, { recursive: true });
  const taken = takeLock(paths.lock);
  if ('holder' in taken) throw new PlainError(alreadyRunning(taken.holder.pid, paths));
  try {
    return await run(options, paths);
  } finally {
    taken.lock.release();
  }
}

async function run(options: StackOptions, paths: StatePaths): Promise<number> {
  const ending = new AbortController();
  let failure: string | undefined;
  const print = (sentence: string) =>
    process.stderr.write(`${new Date().toTimeString().slice(0, 8)}  ${sentence}\n`);
  const stack = createStack({
    options,
    paths,
    print,
    progress: createProgress(options),
    signal: ending.signal,
    giveUp(reason) {
      failure ??= reason;
      ending.abort();
    },
  });
  const ended = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve()));
  const requested = stopOnRequest(ending);
  // After an error in this process its children are still stopped in order.
  process.on('uncaughtException', (error) => {
    failure ??= String(error.stack);
    ending.abort();
  });
  // The reader of the output may end first (a pipe into head); that is no reason to stop.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const starting = stack.start();
  try {
    const facts = await Promise.race([starting, ended]);
    if (facts) process.stdout.write(renderReady(facts, options));
    await ended;
  } catch (error) {
    failure ??= error instanceof PlainError ? error.message : String((error as Error).stack);
  }
  if (!options.quiet) process.stderr.write('\nStopping …\n');
  await stack.stop();
  // A start that was under way may have opened something more before it noticed.
  await starting.catch(() => {});
  await stack.stop();
  requested.ignore();
  if (failure) process.stderr.write(`\n${failure}\n`);
  return failure ? 1 : 0;
}

function renderReady(facts: ScreenFacts, { quiet }: StackOptions): string {
  if (quiet) return `${renderReadyLine(facts)}\n`;
  return `${renderScreen(facts, createPaint(process.stdout.isTTY === true && !process.env['NO_COLOR']))}\n`;
}

/**
 * Stops on Ctrl-C, on a signal of a service manager, when the terminal closes, or when the parent process dies.
 * A terminal and npm both forward the same Ctrl-C, so only a later one ends the process at once.
 */
function stopOnRequest(ending: AbortController): { ignore(): void } {
  let requestedAtMs: number | undefined;
  const onRequest = () => {
    if (requestedAtMs !== undefined && Date.now() - requestedAtMs > 1500) process.exit(130);
    requestedAtMs ??= Date.now();
    ending.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onRequest);
  process.once('disconnect', onRequest);
  // The channel alone must not keep this process running.
  process.channel?.unref();
  return { ignore: () => process.off('disconnect', onRequest) };
}

function alreadyRunning(pid: number, paths: StatePaths): string {
  let where = 'it is still starting or stopping';
  try {
    const { publicUrl } = JSON.parse(readFileSync(paths.stackFile, 'utf8')) as { publicUrl: string };
    where = publicUrl;
  } catch {}
  return `Gatehouse runs here already: ${where} (process ${pid}). Stop it first, or give this one another folder with --state.`;
}

main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: Error) => {
    process.stderr.write(`\n${error instanceof PlainError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  },
);
