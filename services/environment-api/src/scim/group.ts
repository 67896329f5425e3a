/** Turns groups into SCIM groups, and what callers send of a group into a change of its name and members. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { GroupChange, MemberStep } from '../people/group-service.ts';
import type { Member } from '../people/group-store.ts';
import type { Group, GroupFields } from '../people/person.ts';
import { scimError } from './errors.ts';
import type { Filter } from './filter/filter.ts';
import { type PatchOperation, patchTarget } from './patch.ts';
import { metaOf } from './reply.ts';
import { isObject, type Resource, readResource, readValue, requireHonest, requireKey } from './resource.ts';
import { find, groupSchema } from './schema.ts';

const members = find(groupSchema.core.attributes, 'members');
if (members === undefined) throw new Error('groups have members');
const memberAttribute = members;

/** Without members where the caller does not want them. */
export function groupOf(group: Group, memberList: readonly Member[] | undefined, base: string): Resource {
  const { id, name, externalId, version, createdAt, updatedAt } = group;
  const listed = memberList?.map((member) => ({
    value: member.id,
    $ref: `${base}/Users/${member.id}`,
    display: member.userName,
    type: 'User',
  }));
  return {
    schemas: [groupSchema.core.urn],
    id,
    displayName: name,
    ...definedOnly({ externalId, members: listed }),
    meta: metaOf('Group', `${base}/Groups/${id}`, { version, createdAt, updatedAt }),
  };
}

/** A whole group: members that are not named are no members. @throws AppError 400 */
export function readGroup(sent: unknown, present?: GroupFields): GroupChange {
  const { displayName, externalId, members: list } = readResource(groupSchema, sent);
  return {
    fields: fieldsOf(displayName, externalId, present),
    members: [{ step: 'replace', ids: idsOf(list) }],
  };
}

/** Never reads the members there are: a group may have very many. @throws AppError 400 */
export function readGroupPatch(operations: readonly PatchOperation[]): (present: GroupFields) => GroupChange {
  const changed: { displayName?: unknown; externalId?: unknown } = {};
  const steps: MemberStep[] = [];

  function apply(op: PatchOperation['op'], path: string, value: unknown, isStrict: boolean): void {
    const target = patchTarget(groupSchema, path);
    const name = target?.attribute.name;
    if (name === 'members') {
      if (target?.sub !== undefined)
        throw scimError('invalidPath', 'Of members only whole ones can be changed', 'path');
      steps.push(stepOf(op, target?.filter, value));
    } else if (name === 'displayName' || name === 'externalId') {
      changed[name] = op === 'remove' ? undefined : value;
    } else if (isStrict) {
      throw target === undefined
        ? scimError('invalidPath', `There is no attribute ${JSON.stringify(path.slice(0, 100))}`, 'path')
        : scimError('mutability', `${path} is read-only`, 'path');
    }
  }

  for (const { op, path, value } of operations) {
    if (path !== undefined) apply(op, path, value, true);
    else if (op === 'remove')
      throw scimError('noTarget', 'An operation remove needs the path of an attribute', 'path');
    else if (!isObject(value))
      throw scimError('invalidValue', 'Without a path, value must be an object', 'value');
    // Okta sends the id along.
    else for (const [name, part] of Object.entries(value)) apply(op, name, part, false);
  }
  return (present) => {
    const { name, externalId } = present;
    const next = readResource(groupSchema, { displayName: name, externalId, ...changed });
    return { fields: fieldsOf(next['displayName'], next['externalId'], present), members: joined(steps) };
  };
}

function stepOf(op: PatchOperation['op'], filter: Filter | undefined, value: unknown): MemberStep {
  if (filter !== undefined) {
    if (op === 'remove') return { step: 'remove', ids: idsIn(filter) };
    throw scimError(
      'invalidPath',
      'Members are added and replaced by the path "members", without brackets',
      'path',
    );
  }
  const ids = idsOf(readValue(memberAttribute, value, 'members'));
  // Entra ID names those who leave in the value. Without any, everybody leaves.
  if (op === 'remove') return ids.length === 0 ? { step: 'replace', ids } : { step: 'remove', ids };
  return { step: op, ids };
}

/** Those whom the filter names: `value eq "…"`, several joined by `or`. */
function idsIn(filter: Filter): string[] {
  if (filter.kind === 'or') return filter.parts.flatMap(idsIn);
  const isId =
    filter.kind === 'compare' && filter.comparison === 'eq' && filter.attribute.toLowerCase() === 'value';
  if (isId && typeof filter.value === 'string') return [filter.value];
  throw scimError('invalidFilter', 'Members are chosen by value eq "…"', 'path');
}

/** Each step is a statement, so those of one kind that follow each other become one. */
function joined(steps: readonly MemberStep[]): MemberStep[] {
  const result: MemberStep[] = [];
  for (const { step, ids } of steps) {
    const last = result.at(-1);
    if (last?.step === step && step !== 'replace') result.splice(-1, 1, { step, ids: [...last.ids, ...ids] });
    else result.push({ step, ids });
  }
  return result;
}

function idsOf(list: unknown): string[] {
  return ((list ?? []) as Resource[]).flatMap(({ value }) => (value === undefined ? [] : String(value)));
}

function fieldsOf(displayName: unknown, externalId: unknown, present?: GroupFields): GroupFields {
  if (typeof displayName !== 'string')
    throw scimError('invalidValue', 'displayName is missing', 'displayName');
  requireHonest('displayName', displayName, present?.name);
  return { name: requireKey(displayName, 'displayName'), externalId: externalId as string | undefined };
}
