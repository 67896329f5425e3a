/** Reads the options of an experiment, closes what it opened, and turns what it found into the exit code. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** As `parseArgs` reads them. */
type Values<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options }>
>['values'];

interface Experiment<Options extends ParseArgsOptionsConfig> {
  usage: string;
  options: Options;
  /** The names that an option may have as values. */
  names?: { readonly [option in keyof Options]?: readonly string[] };
  /** It takes names of files beside its options. */
  takesFiles?: boolean;
  /** It ends by itself when the machine is wanted back, and takes its time for that. */
  endsItself?: boolean;
  /** Resolves whether all was right. Things that it defers are closed at its end, and when a signal ends it. */
  run(values: Values<Options>, closers: AsyncDisposableStack, given: string[]): Promise<boolean>;
}

/** Takes the arguments of the command line. Resolves with 0 if all was right, 1 if something was wrong, 2 if an option names what is not there. */
export function experiment<const Options extends ParseArgsOptionsConfig>({
  usage,
  options,
  names = {},
  takesFiles = false,
  endsItself = false,
  run,
}: Experiment<Options>) {
  return async (args: string[]): Promise<number> => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: takesFiles,
      options: { ...options, help: { type: 'boolean' } },
    });
    const read = values as { [option: string]: unknown };
    if (read['help'] === true) {
      process.stdout.write(usage);
      return 0;
    }
    const unknown = Object.entries(names).flatMap(([option, known]) =>
      [read[option] ?? []].flat().filter((name) => !(known as readonly unknown[]).includes(name)),
    );
    if (unknown.length > 0) {
      process.stderr.write(`There is no ${unknown.join(', ')}.\n${usage}`);
      return 2;
    }
    await using closers = new AsyncDisposableStack();
    let ending: Promise<void> | undefined;
    // A terminal sends it to the whole group, and npm sends it on: the second one must not end the clean-up.
    for (const signal of endsItself ? [] : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const))
      process.on(signal, () => {
        ending ??= closers.disposeAsync().finally(() => process.exit(130));
      });
    try {
      return (await run(values as Values<Options>, closers, positionals)) ? 0 : 1;
    } finally {
      // A run fails when its servers are closed, and that must not end the clean-up either.
      await ending;
    }
  };
}
