/** Defines objects as the simulator keeps them, and what it must know about their types. */
import { CfgObjectType, type KeyValueList } from '@gatehouse/people-directory';

/** Fields by their documented names. Group objects have their identity in `groupInfo`. */
export type StoredObject = Record<string, unknown>;

export const objectTypeNames: Record<number, string> = {
  [CfgObjectType.person]: 'person',
  [CfgObjectType.place]: 'place',
  [CfgObjectType.agentGroup]: 'agent group',
  [CfgObjectType.placeGroup]: 'place group',
  [CfgObjectType.tenant]: 'tenant',
  [CfgObjectType.application]: 'application',
  [CfgObjectType.skill]: 'skill',
  [CfgObjectType.agentLogin]: 'agent login',
  [CfgObjectType.accessGroup]: 'access group',
  [CfgObjectType.folder]: 'folder',
  [CfgObjectType.role]: 'role',
  [CfgObjectType.personLastLogin]: 'last login',
};

export const groupTypes: ReadonlySet<number> = new Set([
  CfgObjectType.accessGroup,
  CfgObjectType.agentGroup,
  CfgObjectType.placeGroup,
]);

/** The part of an object that holds DBID, tenantDBID, name and state. */
export function identityOf(objectType: number, object: StoredObject): StoredObject {
  if (!groupTypes.has(objectType)) return object;
  return (object['groupInfo'] as StoredObject | undefined) ?? {};
}

export function numberOf(object: StoredObject, field: string): number | undefined {
  const value = object[field];
  return typeof value === 'number' ? value : undefined;
}

export function annexOf(objectType: number, object: StoredObject): KeyValueList | undefined {
  return identityOf(objectType, object)['userProperties'] as KeyValueList | undefined;
}
