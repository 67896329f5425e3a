/** Says which fields belong to which directory of an environment, and which a new environment needs. */
import {
  type Directory,
  defaultDirectory,
  directories,
  peopleSources,
} from '@gatehouse/contracts/environment-api';
import type { ProblemReason } from '@gatehouse/contracts/values';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { z } from 'zod';
import { hasServerSource, needsServers } from './discovery.ts';

type Given = Readonly<Record<string, unknown>>;

interface Problem {
  path: string[];
  message: string;
  params?: { reason: ProblemReason };
}

const ofSources = [...new Set(directories.flatMap((directory) => peopleSources[directory].fields))];

/** A check of the fields of a new environment; it runs whatever else is wrong, so that everything is reported together. */
export function checkNew(given: Given | undefined, context: z.RefinementCtx): void {
  const directory = directories.find((one) => one === given?.['directory']);
  if (given === undefined || directory === undefined) return;
  const problems = [...foreignProblems(directory, given), ...missing(directory, given)];
  for (const problem of problems) context.addIssue({ code: 'custom', ...problem });
}

/** @throws AppError 400 for another directory, and for fields that belong to another */
export function requireFit(directory: Directory, patch: Given): void {
  if (patch['directory'] !== undefined && patch['directory'] !== directory) {
    throw badRequest(
      `directory is ${JSON.stringify(directory)} for good, because people would become others: create another environment`,
      { field: 'data.directory', reason: 'fixed' },
    );
  }
  const [problem] = foreignProblems(directory, patch);
  if (problem) {
    const name = problem.path.join('.');
    throw badRequest(`${name} ${problem.message}`, { field: `data.${name}` });
  }
}

function foreignProblems(directory: Directory, given: Given): Problem[] {
  const { fields } = peopleSources[directory];
  const foreign = ofSources.filter((name) => !fields.includes(name) && isGiven(given[name]));
  return foreign.map((name) => ({ path: [name], message: foreignMessage(directory, name) }));
}

/** The body may have meant another directory where it names none. */
function foreignMessage(directory: Directory, name: string): string {
  if (directory !== defaultDirectory)
    return `does not belong to directory ${JSON.stringify(directory)}: leave it out`;
  const owner = directories.find((one) => peopleSources[one].fields.includes(name));
  return `needs directory ${JSON.stringify(owner)}`;
}

function missing(directory: Directory, given: Given): Problem[] {
  const { needs, fields } = peopleSources[directory];
  const problems: Problem[] = needs
    .map((name) => name.split('.'))
    .filter((path) => valueAt(given, path) === undefined)
    .map((path) => ({
      path,
      message: `must be given: directory ${JSON.stringify(directory)} needs it`,
      params: { reason: 'missing' },
    }));
  if (fields.includes('configServers') && !hasServerSource(given))
    problems.push({ path: ['configServers'], message: needsServers, params: { reason: 'missing' } });
  return problems;
}

function valueAt(given: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Given)[name] : undefined),
    given,
  );
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
