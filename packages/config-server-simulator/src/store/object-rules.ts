/** What every object must have, and what must be unique. */
import { CfgObjectType } from '@gatehouse/config-server-client/model/enumerations';
import { RequestRefused } from '../server/request-refused.ts';
import type { ObjectStore } from './object-store.ts';
import { identityOf, type StoredObject } from './stored-object.ts';

const mandatoryFields: Record<number, string[]> = {
  [CfgObjectType.person]: ['tenantDBID', 'userName', 'employeeID', 'state', 'isAgent'],
  [CfgObjectType.tenant]: ['name', 'state'],
  [CfgObjectType.application]: ['name', 'type', 'state'],
};

/** Errors: CFGIncompleteObjectData naming the field. */
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

/** User names are unique on the whole server, tenants and applications by name, everything else within its tenant. */
export function checkUnique(
  objectType: number,
  dbid: number,
  object: StoredObject,
  store: ObjectStore,
): void {
  if (objectType === CfgObjectType.person) {
    const sameName = store.personNamed(String(object['userName']));
    if (sameName !== undefined && sameName['DBID'] !== dbid) throw duplicate(objectType, 'userName');
  }
  const property = objectType === CfgObjectType.person ? 'employeeID' : 'name';
  const identity = identityOf(objectType, object);
  if (identity[property] === undefined || isUnchanged(objectType, dbid, identity, property, store)) return;
  for (const other of store.all(objectType)) {
    const known = identityOf(objectType, other);
    if (known['DBID'] === dbid || known[property] !== identity[property]) continue;
    if (known['tenantDBID'] === identity['tenantDBID']) throw duplicate(objectType, property);
  }
}

/** Spares the walk over all objects for changes that leave the name alone. */
function isUnchanged(
  objectType: number,
  dbid: number,
  identity: StoredObject,
  property: string,
  store: ObjectStore,
): boolean {
  const before = store.get(objectType, dbid);
  return before !== undefined && identityOf(objectType, before)[property] === identity[property];
}

function duplicate(objectType: number, objectProperty: string): RequestRefused {
  return new RequestRefused('CFGUniquenessViolation', `${objectProperty} is taken`, {
    objectType,
    objectProperty,
  });
}
