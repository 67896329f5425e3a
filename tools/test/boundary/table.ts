/** The form of the tables: each route, grant and command either has nothing to do with people, or says how it is attacked. */

export type Fields = Record<string, string>;

/** One attempt. `{userName}` and the like stand for what `about.ts` names, `{ownId}` and so on for what the attacker has. */
export interface Ask {
  /** Parameters of the path that mean something else than `id`: a contact centre, `client_id`: a client. */
  path?: Fields;
  query?: Fields;
  json?: unknown;
  form?: Fields;
  /** Ends what the attackers have themselves: they come back before it is tried again. */
  endsOwn?: true;
  /** Why the answer may tell this from something that is unknown. */
  mayDiffer?: string;
}

/** Why no person is concerned, or the attempts. */
export type Row = string | Ask[];

export type Table = Record<string, Row>;

/** Rows with one reason. */
export const noPerson = (why: string, ...names: string[]): Table =>
  Object.fromEntries(names.map((name) => [name, why]));

/** Rows that need nothing but their path. */
export const byPath = (...names: string[]): Table => Object.fromEntries(names.map((name) => [name, [{}]]));

/** Names the routes that a table lacks or has too much, in sentences. */
export function differences(table: Table, existing: readonly string[]): string[] {
  const missing = existing.filter((name) => table[name] === undefined);
  const superfluous = Object.keys(table).filter((name) => !existing.includes(name));
  return [
    ...missing.map(
      (name) => `${name} has no row: say how another contact centre tries it, or why no person is concerned`,
    ),
    ...superfluous.map((name) => `${name} does not exist any more: delete its row`),
  ];
}
