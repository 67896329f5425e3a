/** Collects what is wrong in files, so that a person corrects all of it at once. */
import { exitCodes, Failure, type FieldProblem } from '../failure/failure.ts';

export type ProblemPlace = Pick<FieldProblem, 'line' | 'document'> & {
  file: string;
  field?: string | undefined;
};

/** More are told once these are corrected. */
const maxProblems = 100;

export class DocumentProblems {
  readonly #problems: FieldProblem[] = [];

  add(place: ProblemPlace, message: string): void {
    if (this.#problems.length < maxProblems) this.#problems.push({ field: undefined, ...place, message });
  }

  /** @throws Failure where there is any */
  end(): void {
    const [first] = this.#problems;
    if (first === undefined) return;
    const what = this.#problems.length === 1 ? 'A document is wrong' : 'Documents are wrong';
    throw new Failure(exitCodes.usage, `${what}; nothing was sent`, { problems: this.#problems });
  }
}

/** As people write the place of a field: `spec.redirectURIs[1]`. */
export function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
