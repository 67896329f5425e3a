/** What a command ends with: docs/cli.md tells scripts what the numbers mean. */
export const exitCodes = {
  ok: 0,
  /** It was done, and the answer is no: a check that failed, a difference that was found. */
  negative: 1,
  /** The command line, the profile or an input file. */
  usage: 2,
  /** Wrong credentials, or not allowed. */
  denied: 3,
  notFound: 4,
  /** The service understood and refused: a value, a conflict, somebody was faster. */
  refused: 5,
  /** No answer, or the service could not do it now. */
  unavailable: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface FieldProblem {
  field: string | undefined;
  message: string;
}

/** Ends the command with a sentence. */
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
