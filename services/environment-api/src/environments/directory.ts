/** Says which fields belong to which directory of an environment, and which a new environment needs. */
import { type Directory, directories } from '@gatehouse/contracts/environment-api';
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

const foreign: Record<Directory, readonly string[]> = {
  configServer: ['ldap'],
  ldap: ['configServers', 'consulService', 'username', 'password', 'tenant'],
  people: ['configServers', 'consulService', 'srvRecord', 'tls', 'username', 'password', 'tenant', 'ldap'],
};

const needed: Record<Directory, readonly string[]> = {
  configServer: ['username', 'password'],
  ldap: ['ldap.bindDn', 'ldap.bindPassword', 'ldap.baseDns'],
  people: [],
};

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
  const message =
    directory === 'configServer'
      ? 'needs directory "ldap"'
      : `does not belong to directory ${JSON.stringify(directory)}: leave it out`;
  return foreign[directory].filter((name) => isGiven(given[name])).map((name) => ({ path: [name], message }));
}

function missing(directory: Directory, given: Given): Problem[] {
  const problems: Problem[] = needed[directory]
    .map((name) => name.split('.'))
    .filter((path) => valueAt(given, path) === undefined)
    .map((path) => ({
      path,
      message: `must be given: directory ${JSON.stringify(directory)} needs it`,
      params: { reason: 'missing' },
    }));
  if (directory === 'configServer' && !hasServerSource(given))
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
