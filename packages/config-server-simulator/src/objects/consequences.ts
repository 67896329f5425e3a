/** Lists the changes that follow from another change. */
import { CfgObjectType } from '@gatehouse/people-directory';
import { identityOf, type StoredObject } from './stored-object.ts';

export interface Consequence {
  objectType: number;
  dbid: number;
  before: StoredObject;
  after: StoredObject;
}

type Objects = ReadonlyMap<number, ReadonlyMap<number, StoredObject>>;

/** Everything in a tenant takes over the state of the tenant. */
export function* stateHandedDown(
  objects: Objects,
  tenantDbid: number,
  state: unknown,
): Generator<Consequence> {
  for (const [objectType, ofType] of objects) {
    if (objectType === CfgObjectType.tenant) continue;
    for (const [dbid, before] of ofType) {
      const identity = identityOf(objectType, before);
      if (identity['tenantDBID'] !== tenantDbid || identity['state'] === state) continue;
      const isGroup = identity !== before;
      const after = isGroup ? { ...before, groupInfo: { ...identity, state } } : { ...before, state };
      yield { objectType, dbid, before, after };
    }
  }
}

/** A deleted person is removed from every group first. */
export function* groupsLeft(objects: Objects, personDbid: number): Generator<Consequence> {
  const isPerson = (member: StoredObject) =>
    member['type'] === CfgObjectType.person && member['DBID'] === personDbid;
  for (const [dbid, before] of objects.get(CfgObjectType.accessGroup) ?? []) {
    const members = (before['memberIDs'] as StoredObject[] | undefined) ?? [];
    if (!members.some(isPerson)) continue;
    const after = { ...before, memberIDs: members.filter((member) => !isPerson(member)) };
    yield { objectType: CfgObjectType.accessGroup, dbid, before, after };
  }
  for (const [dbid, before] of objects.get(CfgObjectType.agentGroup) ?? []) {
    const agents = (before['agentDBIDs'] as number[] | undefined) ?? [];
    if (!agents.includes(personDbid)) continue;
    const after = { ...before, agentDBIDs: agents.filter((agent) => agent !== personDbid) };
    yield { objectType: CfgObjectType.agentGroup, dbid, before, after };
  }
}
