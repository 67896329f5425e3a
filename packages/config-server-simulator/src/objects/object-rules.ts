/** Checks the mandatory fields of objects and the values that must be unique. */
import { CfgObjectType, foldUserName } from '@gatehouse/people-directory';
import { RequestRefused } from './request-refused.ts';
import { identityOf, type StoredObject } from './stored-object.ts';

const mandatoryFields: Record<number, string[]> = {
  [CfgObjectType.person]: ['tenantDBID', 'userName', 'employeeID', 'state', 'isAgent'],
  [CfgObjectType.tenant]: ['name', 'state'],
  [CfgObjectType.application]: ['name', 'type', 'state'],
  // Belongs to the tenant of its switch; switches are not kept.
  [CfgObjectType.agentLogin]: ['switchDBID', 'loginCode', 'state'],
  // Belongs to the tenant of its owner.
  [CfgObjectType.folder]: ['name', 'state'],
};

/** @throws RequestRefused CFGIncompleteObjectData naming the field */
export function checkMandatory(objectType: number, object: StoredObject): void {
  const identity = identityOf(objectType, object);
  for (const field of mandatoryFields[objectType] ?? ['tenantDBID', 'name', 'state']) {
    const value = identity[field];
    if (value !== undefined && value !== null && value !== '') continue;
    throw new RequestRefused('CFGIncompleteObjectData', `${field} is missing`, {
      objectType,
      objectProperty: field,
    });
  }
}

/** `holderOf`: the DBID of the object that has the key. @throws RequestRefused CFGUniquenessViolation naming the field */
export function checkUnique(
  objectType: number,
  dbid: number,
  object: StoredObject,
  holderOf: (uniqueKey: string) => number | undefined,
): void {
  for (const { key, field } of uniqueKeysOf(objectType, object)) {
    const holder = holderOf(key);
    if (holder === undefined || holder === dbid) continue;
    throw new RequestRefused('CFGUniquenessViolation', `${field} is taken`, {
      objectType,
      objectProperty: field,
    });
  }
}

/**
 * User names are unique on the whole server; names and employee ids within their tenant and type; login codes on their
 * switch. Several folders may have the same name.
 */
export function uniqueKeysOf(
  objectType: number,
  object: StoredObject | undefined,
): { key: string; field: string }[] {
  if (object === undefined) return [];
  const identity = identityOf(objectType, object);
  const within = (field: string, owner = 'tenantDBID') => ({
    key: JSON.stringify([objectType, field, identity[owner] ?? 0, identity[field]]),
    field,
  });
  if (objectType === CfgObjectType.person) {
    return [{ key: userNameKey(String(object['userName'])), field: 'userName' }, within('employeeID')];
  }
  if (objectType === CfgObjectType.agentLogin) return [within('loginCode', 'switchDBID')];
  if (objectType === CfgObjectType.folder) return [];
  return identity['name'] === undefined ? [] : [within('name')];
}

export function userNameKey(userName: string): string {
  return `user:${foldUserName(userName)}`;
}
