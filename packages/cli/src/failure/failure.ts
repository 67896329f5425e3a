/** Names the exit codes, which docs/guides/command-line.md explains, and the errors that end a command. */
export const exitCodes = {
  ok: 0,
  /** The command worked and its answer is no: a check failed, a difference was found. */
  negative: 1,
  /** The command line, the profile or an input file. */
  usage: 2,
  /** Wrong credentials, or not allowed. */
  denied: 3,
  notFound: 4,
  /** The service understood and refused: an invalid value, a conflict, a concurrent change. */
  refused: 5,
  /** No answer, or the service could not do it now. */
  unavailable: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface FieldProblem {
  /** Where a document of the person is wrong. */
  file?: string | undefined;
  line?: number | undefined;
  /** The document, such as `Client agent-desktop`. */
  document?: string | undefined;
  field: string | undefined;
  message: string;
  /** Why, for scripts; the bound of a reason that has one. */
  reason?: string | undefined;
  limit?: number | undefined;
}

/** Ends the command with a sentence and an exit code. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  readonly problems: readonly FieldProblem[];
  readonly httpStatus: number | undefined;

  constructor(
    exitCode: ExitCode,
    message: string,
    options: { problems?: readonly FieldProblem[]; httpStatus?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Failure';
    this.exitCode = exitCode;
    this.problems = options.problems ?? [];
    this.httpStatus = options.httpStatus;
  }
}

export class UsageError extends Failure {
  constructor(message: string, cause?: unknown) {
    super(exitCodes.usage, message, { cause });
    this.name = 'UsageError';
  }
}
