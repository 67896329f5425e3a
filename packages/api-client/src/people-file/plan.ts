/** Compares a file of people with the people store: who is created, changed, deactivated, and who joins or leaves a group. */

import type { NewScimUser, ScimOperation, ScimUser } from '@gatehouse/contracts/environment-administration';
import { foldSpelling } from '@gatehouse/people-directory';
import { type Key, keyOf, type PeopleFile, type Row } from './csv.ts';
import { type Column, fieldsOf, operationOf, type PersonFields, userOf } from './fields.ts';

type Changes = Record<string, { from?: unknown; to?: unknown }>;

/** One person who does not stay as is. */
export interface Change {
  action: 'create' | 'update' | 'delete';
  /** In the form of `renderChanges`. */
  entity: 'person';
  /** The user name. */
  id: string;
  changes: Changes;
  /** Undefined: of a person whom the file does not name. */
  line: number | undefined;
  /** Undefined: the person is created. */
  userId: string | undefined;
  /** Body of the POST, or operations of the PATCH; empty where only groups change. */
  body: NewScimUser | readonly ScimOperation[];
  joins: string[];
  leaves: string[];
}

/** The end of people whom the file does not name. */
export const missingWays = ['stay', 'disable', 'delete'] as const;
export type Missing = (typeof missingWays)[number];

interface PlanOptions {
  key: Key;
  missing: Missing;
}

/** How many people a plan creates, changes, deactivates among those, and deletes. */
export function sumsOf(plan: readonly Change[]) {
  const of = (action: Change['action']) => plan.filter((change) => change.action === action);
  const updated = of('update');
  const disabled = updated.filter(({ changes: { active } }) => active?.from === true && active.to === false);
  return {
    created: of('create').length,
    updated: updated.length,
    disabled: disabled.length,
    deleted: of('delete').length,
  };
}

export function planOf(file: PeopleFile, present: readonly ScimUser[], options: PlanOptions): Change[] {
  const { key, missing: way } = options;
  const byKey = new Map(present.map((user) => [keyOf(user, key), user]));
  byKey.delete('');
  const changes = file.rows.flatMap((row) => {
    const user = byKey.get(keyOf(row.given, key));
    return user === undefined ? [creation(row)] : update(row, user, file.columns);
  });
  if (way === 'stay') return changes;
  const named = new Set(file.rows.map(({ given }) => keyOf(given, key)));
  const missing = present.filter((user) => !named.has(keyOf(user, key)));
  if (way === 'delete') return [...changes, ...missing.map(deletion)];
  return [...changes, ...missing.filter(({ active }) => active).map(deactivation)];
}

/** The steps for people who were chosen one by one. */
export const selectionSteps = ['disable', 'enable', 'group', 'delete'] as const;
type SelectionStep = (typeof selectionSteps)[number];

/** `group`: its name, for the step of that name. People who are so already are left out. */
export function changesFor(users: readonly ScimUser[], step: SelectionStep, group = ''): Change[] {
  return users.flatMap((user): Change[] => {
    if (step === 'delete') return [deletion(user)];
    if (step === 'group') return joining(user, group);
    const isActive = step === 'enable';
    return user.active === isActive ? [] : [activation(user, isActive)];
  });
}

function joining(user: ScimUser, group: string): Change[] {
  const { groups } = fieldsOf(user);
  const { joins } = movesOf(groups, [...groups, group]);
  const changes = { groups: sides(groups, [...groups, group]) };
  return joins.length === 0 ? [] : [{ ...activation(user, user.active), changes, body: [], joins }];
}

function creation({ line, given }: Row): Change {
  const filled = Object.entries({ ...given, active: given.active ?? true }).filter(
    ([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return {
    action: 'create',
    entity: 'person',
    id: given.userName ?? '',
    changes: Object.fromEntries(filled.map(([column, value]) => [column, { to: shown(value) }])),
    line,
    userId: undefined,
    body: userOf(given),
    joins: given.groups ?? [],
    leaves: [],
  };
}

function update({ line, given }: Row, user: ScimUser, columns: readonly Column[]): Change[] {
  const before = fieldsOf(user);
  const { joins, leaves } = movesOf(before.groups, given.groups ?? before.groups);
  const changed = columns.filter((column) => column !== 'groups' && before[column] !== given[column]);
  if (changed.length === 0 && joins.length === 0 && leaves.length === 0) return [];
  const changes: Changes = Object.fromEntries(
    changed.map((column) => [column, sides(before[column], given[column])]),
  );
  if (joins.length > 0 || leaves.length > 0) changes['groups'] = sides(before.groups, given.groups);
  const body = changed.map((column) =>
    operationOf(column as Exclude<Column, 'groups'>, given[column] as string | boolean),
  );
  return [
    {
      action: 'update',
      entity: 'person',
      id: before.userName,
      changes,
      line,
      userId: user.id,
      body,
      joins,
      leaves,
    },
  ];
}

const deactivation = (user: ScimUser): Change => activation(user, false);

function activation(user: ScimUser, isActive: boolean): Change {
  return {
    action: 'update',
    entity: 'person',
    id: user.userName,
    changes: { active: { from: !isActive, to: isActive } },
    line: undefined,
    userId: user.id,
    body: [operationOf('active', isActive)],
    joins: [],
    leaves: [],
  };
}

function deletion(user: ScimUser): Change {
  const filled = Object.entries(fieldsOf(user)).filter(([, value]) => shown(value) !== '');
  return {
    ...deactivation(user),
    action: 'delete',
    changes: Object.fromEntries(filled.map(([column, value]) => [column, { from: shown(value) }])),
    body: [],
  };
}

function movesOf(before: readonly string[], after: readonly string[]) {
  const missingIn = (names: readonly string[]) => {
    const known = new Set(names.map(foldSpelling));
    return (name: string) => !known.has(foldSpelling(name));
  };
  return { joins: after.filter(missingIn(before)), leaves: before.filter(missingIn(after)) };
}

/** An empty value is none. */
function sides(before: PersonFields[Column] | undefined, after: PersonFields[Column] | undefined) {
  const [from, to] = [shown(before), shown(after)];
  return { ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) };
}

function shown(value: unknown): unknown {
  return Array.isArray(value) ? value.join('; ') : value;
}
