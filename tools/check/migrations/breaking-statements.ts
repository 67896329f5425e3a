/** Finds what a statement takes away from a replica of the previous release, which runs beside the new one. */

/** A node of PostgreSQL's own syntax tree: `{ AlterTableStmt: { … } }`. */
// biome-ignore lint/suspicious/noExplicitAny: the tree has hundreds of types
export type Tree = Record<string, any>;

export interface Break {
  /** Completes "the file …". */
  does: string;
  /** Of what it concerns, as a contract names it; undefined where no contract allows it. */
  name: string | undefined;
  /** Why a replica of the previous release would break. */
  harm: string;
}

const stillUses = 'a replica of the previous release may still use it';
const otherwiseDone = 'something else then happens with what a replica of the previous release writes';
const stillWrites = 'a replica of the previous release may still write what is refused then';

export function breaksOf(statement: Tree, isNew: (name: string) => boolean): Break[] {
  const [kind = '', node = {}] = Object.entries(statement)[0] ?? [];
  const found = readers[kind]?.(node as Tree) ?? [];
  return [
    ...found.filter(({ name }) => name === undefined || !(isNew(name) || isNew(tableOf(name)))),
    ...statementsWithin(node as Tree).flatMap((inner) => breaksOf(inner, isNew)),
  ];
}

/** The name of a table that did not exist before the statement. */
export function createdBy({ CreateStmt: node }: Tree): string | undefined {
  return node && !node.if_not_exists ? nameOf(node.relation) : undefined;
}

/** `WITH moved AS (DELETE …) INSERT …` */
function statementsWithin({ withClause }: Tree): Tree[] {
  return (withClause?.ctes ?? []).map(({ CommonTableExpr }: Tree) => CommonTableExpr['ctequery']);
}

const readers: Record<string, (node: Tree) => Break[]> = {
  AlterTableStmt: ({ relation, cmds }) => cmds.flatMap((cmd: Tree) => ofCommand(nameOf(relation), cmd)),
  DropStmt: ({ removeType, objects }) =>
    objects.map((object: Tree) => breakOf(`drops the ${wordOf(removeType)}`, dottedOf(object), stillUses)),
  RenameStmt: ({ renameType, relation, object, subname }) => [
    breakOf(
      `renames the ${wordOf(renameType)}`,
      [relation ? nameOf(relation) : dottedOf(object ?? {}), subname].filter(Boolean).join('.'),
      stillUses,
    ),
  ],
  AlterObjectSchemaStmt: ({ relation, object }) => [
    breakOf('moves to another schema', relation ? nameOf(relation) : dottedOf(object ?? {}), stillUses),
  ],
  TruncateStmt: ({ relations }) =>
    relations.map(({ RangeVar }: Tree) => breakOf('empties the table', nameOf(RangeVar), stillUses)),
  DeleteStmt: ({ relation, whereClause }) =>
    chooses(whereClause) ? [] : [breakOf('empties the table', nameOf(relation), stillUses)],
  UpdateStmt: ({ relation, whereClause }) =>
    chooses(whereClause) ? [] : [breakOf('overwrites every row of the table', nameOf(relation), stillUses)],
  RuleStmt: ({ relation }) => [breakOf('adds a rule to the table', nameOf(relation), otherwiseDone)],
  CreateTrigStmt: ({ relation }) => [breakOf('adds a trigger to the table', nameOf(relation), otherwiseDone)],
  IndexStmt: ({ unique, relation }) =>
    unique ? [breakOf('makes values unique in the table', nameOf(relation), stillWrites)] : [],
  AlterEnumStmt: ({ typeName, oldVal }) =>
    oldVal ? [breakOf(`renames the value ${oldVal} of the type`, partsOf(typeName), stillUses)] : [],
  AlterDomainStmt: ({ typeName }) => [breakOf('changes the domain', partsOf(typeName), stillWrites)],
  AlterOwnerStmt: ({ relation, object }) => [
    breakOf('changes the owner of', relation ? nameOf(relation) : dottedOf(object ?? {}), stillUses),
  ],
  GrantStmt: ({ is_grant: isGrant, objects = [] }) =>
    isGrant ? [] : objects.map((object: Tree) => breakOf('revokes rights on', dottedOf(object), stillUses)),
  DropOwnedStmt: () => [
    {
      does: 'drops all that a role owns',
      name: undefined,
      harm: 'nobody can tell what that is: name each thing',
    },
  ],
  DoStmt: () => [
    {
      does: 'runs a DO block',
      name: undefined,
      harm: 'nobody can tell what it does: write plain statements',
    },
  ],
};

function ofCommand(table: string, { AlterTableCmd: { subtype, name, def } }: Tree): Break[] {
  const part = `${table}.${name}`;
  switch (subtype) {
    case 'AT_DropColumn':
      return [breakOf('drops the column', part, stillUses)];
    case 'AT_AlterColumnType':
      return [breakOf('changes the type of the column', part, stillUses)];
    case 'AT_SetNotNull':
      return [breakOf('forbids NULL in the column', part, stillWrites)];
    case 'AT_ColumnDefault':
      return def && !isNull(def) ? [] : [breakOf('drops the default of the column', part, stillWrites)];
    case 'AT_DropConstraint':
      return [breakOf('drops the constraint', part, 'a replica of the previous release may rely on it')];
    case 'AT_AddConstraint':
      return [breakOf('adds a constraint to the table', table, stillWrites)];
    case 'AT_AddColumn':
      return ofNewColumn(`${table}.${def['ColumnDef'].colname}`, def['ColumnDef']);
    case 'AT_AddIdentity':
    case 'AT_DropIdentity':
    case 'AT_DropExpression':
    case 'AT_SetExpression':
      return [breakOf('changes how values come into the column', part, stillWrites)];
    case 'AT_ChangeOwner':
      return [breakOf('changes the owner of', table, stillUses)];
    case 'AT_SetUnLogged':
      return [
        breakOf(
          'stops the logging of the table',
          table,
          'a crash empties it, and a standby does not have it',
        ),
      ];
    case 'AT_EnableRowSecurity':
    case 'AT_ForceRowSecurity':
      return [breakOf('hides rows of the table', table, stillUses)];
    default:
      return [];
  }
}

const stillOmits = 'a replica of the previous release does not write it, and the column has no default';
const writesTheSame =
  'a replica of the previous release does not write it, and the default is unique only once';

function ofNewColumn(name: string, { constraints = [] }: Tree): Break[] {
  const types = constraints.map(({ Constraint }: Tree) => Constraint['contype']);
  const has = (...wanted: string[]) => types.some((type: string) => wanted.includes(type));
  if (has('CONSTR_DEFAULT'))
    return has('CONSTR_UNIQUE', 'CONSTR_PRIMARY')
      ? [breakOf('makes unique the default of the new column', name, writesTheSame)]
      : [];
  const isRequired = has('CONSTR_NOTNULL', 'CONSTR_PRIMARY') && !has('CONSTR_GENERATED', 'CONSTR_IDENTITY');
  return isRequired ? [breakOf('requires the new column', name, stillOmits)] : [];
}

/** Whether a condition depends on the row: `WHERE true` does not. */
const chooses = (condition?: Tree): boolean => JSON.stringify(condition ?? {}).includes('"ColumnRef"');

/** `NULL` and `NULL::text` */
const isNull = ({ A_Const, TypeCast }: Tree): boolean => (A_Const ?? TypeCast?.arg.A_Const)?.isnull === true;

const breakOf = (does: string, name: string, harm: string): Break => ({ does, name, harm });

/** `OBJECT_FOREIGN_TABLE` is a foreign table; what a rename calls a table constraint is a constraint. */
const wordOf = (type: string) =>
  type.replace('OBJECT_', '').replace('TABCONSTRAINT', 'CONSTRAINT').toLowerCase().replaceAll('_', ' ');

function nameOf({ schemaname, relname }: Tree): string {
  return schemaname ? `${schemaname}.${relname}` : relname;
}

function partsOf(parts: Tree[]): string {
  return parts.map(({ String: text }) => text?.['sval']).join('.');
}

/** Of an object that is a list of name parts, one word, a range, a type or a function. */
function dottedOf(object: Tree): string {
  if (object['List']) return partsOf(object['List'].items);
  if (object['String']) return object['String'].sval;
  if (object['RangeVar']) return nameOf(object['RangeVar']);
  if (object['TypeName']) return partsOf(object['TypeName'].names);
  return partsOf(object['ObjectWithArgs']?.objname ?? []);
}

/** `auth.clients` of `auth.clients.note`; the name itself where it has no part. */
function tableOf(name: string): string {
  return name.split('.').slice(0, 2).join('.');
}
