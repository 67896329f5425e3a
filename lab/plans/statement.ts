/** Reads the statements that the suites sent, and finds the lines of the sources that send one. */
import { globSync, readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import { largest } from './seed.ts';

export interface Statement {
  /** `services/auth-api/src/registry/clients/store.ts:12` */
  at: string;
  text: string;
  values: unknown[];
  /** PostgreSQL may plan it for all values at once. */
  isNamed: boolean;
}

/** Environment variable with the file that statements are written to. */
export const statementsVariable = 'GATEHOUSE_STATEMENTS';

/** Line, text and which values are null: a filter that is given and one that is not have different plans. */
export function kindOf({ at, text, values }: Statement): string {
  return `${at} ${text} ${values.map((value) => value === null || value === undefined).join()}`;
}

/** The suites of packages make small services of their own, with tables as ours have them. */
const schemasOfTests = /\b(?:shop|sample)\.(?=audit_|changes\b|deletion_bounds\b)/g;
/** Schemas of tests that have no counterpart here. */
const onlyOfTests = /\b(?:shop|ordered|example)\./;

/** Processes write them beside each other: here is one of each kind. */
export function readStatements(file: string): Statement[] {
  const kept = new Map<string, Statement>();
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const recorded: Statement = deserialize(Buffer.from(line, 'base64'));
    const statement = ofLargeOwner({
      ...recorded,
      text: recorded.text.replaceAll(schemasOfTests, 'environment.'),
    });
    if (!onlyOfTests.test(statement.text)) kept.set(kindOf(statement), statement);
  }
  return [...kept.values()];
}

/** Environments and contact centres of the suites are not in the database, and have no rows there: those with the most stand for them. */
function ofLargeOwner(statement: Statement): Statement {
  const values = [...statement.values];
  for (const [, owner = '', place] of statement.text.matchAll(
    /\b(environment|contact_center)_id = \$(\d+)/g,
  )) {
    const index = Number(place) - 1;
    if (typeof values[index] === 'string') values[index] = largeOwner(owner, statement.text);
  }
  return { ...statement, values };
}

function largeOwner(owner: string, text: string): string {
  if (owner === 'contact_center') return largest.contactCenter;
  return /\benvironment\.(?:people|person)/.test(text) ? largest.peopleStore : largest.environment;
}

const sources = [
  'services/{auth-api,environment-api}/src/**/*.ts',
  'packages/{audit-trail,service-kit}/src/**/*.ts',
];

/** Every line of the sources that sends a statement: what no suite sends would be examined by nobody. */
export function sendingLines(root: string): { at: string; source: string }[] {
  return globSync(sources, { cwd: root }).flatMap((path) =>
    readFileSync(`${root}/${path}`, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        /(?<!request)\.query[<(]/.test(line) ? [{ at: `${path}:${index + 1}`, source: line.trim() }] : [],
      ),
  );
}
