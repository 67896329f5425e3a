/**
 * Reads the documented XML export: `<ConfData>` holds one element per object, `<field value="…"/>` a scalar,
 * structures nest, key-value lists are `list_pair`, `str_pair`, `int_pair`, `bin_pair`.
 */
import { CfgObjectType, type KeyValue, type KeyValueList } from '@gatehouse/people-directory';
import type { StoredObject } from '../objects/stored-object.ts';
import { parseXml, type XmlElement } from './xml.ts';

export interface ImportedObject {
  objectType: number;
  object: StoredObject;
}

const types: Record<string, number> = {
  CfgPerson: CfgObjectType.person,
  CfgPlace: CfgObjectType.place,
  CfgAgentGroup: CfgObjectType.agentGroup,
  CfgPlaceGroup: CfgObjectType.placeGroup,
  CfgTenant: CfgObjectType.tenant,
  CfgApplication: CfgObjectType.application,
  CfgSkill: CfgObjectType.skill,
  CfgAgentLogin: CfgObjectType.agentLogin,
  CfgAccessGroup: CfgObjectType.accessGroup,
  CfgFolder: CfgObjectType.folder,
  CfgRole: CfgObjectType.role,
};

/** In other fields, what looks like an integer is one. */
const textFields = new Set([
  'name',
  'userName',
  'lastName',
  'firstName',
  'employeeID',
  'emailAddress',
  'externalID',
  'comment',
  'description',
  'loginCode',
  'chargeableNumber',
  'version',
  'workDirectory',
  'commandLine',
  'commandLineArguments',
  'port',
  'override',
]);

const listFields = new Set([
  'appRanks',
  'skillLevels',
  'agentLogins',
  'memberIDs',
  'members',
  'agentDBIDs',
  'placeDBIDs',
  'DNDBIDs',
  'managerDBIDs',
  'routeDNDBIDs',
  'assignedTenantDBIDs',
  'tenantDBIDs',
  'serviceDBIDs',
  'objectIDs',
  'portInfos',
  'appServerDBIDs',
  'resources',
]);

const keyValueFields = new Set(['userProperties', 'options', 'flexibleProperties']);

/** `skipped` names the element types that this server does not keep. Exports suppress passwords. @throws SyntaxError */
export function parseConfData(text: string): { objects: ImportedObject[]; skipped: string[] } {
  const root = parseXml(text);
  if (root.name !== 'ConfData') throw new SyntaxError(`the root element is <${root.name}>, not <ConfData>`);
  const objects: ImportedObject[] = [];
  const skipped = new Set<string>();
  for (const element of root.children) {
    const objectType = types[element.name];
    if (objectType === undefined) {
      skipped.add(element.name);
      continue;
    }
    const { password: _, ...object } = structure(element);
    objects.push({ objectType, object });
  }
  return { objects, skipped: [...skipped] };
}

function structure(element: XmlElement): StoredObject {
  const object: StoredObject = {};
  for (const [name, value] of element.attributes) object[name] = scalar(name, value);
  for (const child of element.children) object[child.name] = field(child);
  if (Object.getPrototypeOf(object) !== Object.prototype) throw new SyntaxError('a field named __proto__');
  return object;
}

function field(element: XmlElement): unknown {
  const { name, attributes, children } = element;
  if (keyValueFields.has(name)) return keyValueList(element);
  if (listFields.has(name)) return children.map(listEntry);
  const value = attributes.get('value');
  if (value !== undefined) return scalar(name, value);
  // A structure is wrapped in an element of its type, or its fields stand here directly.
  const [only] = children;
  if (children.length === 1 && only !== undefined && only.name.startsWith('Cfg')) return structure(only);
  return structure(element);
}

function listEntry(element: XmlElement): unknown {
  const value = element.attributes.get('value');
  return value === undefined ? structure(element) : scalar(element.name, value);
}

function scalar(name: string, value: string): string | number {
  const isInteger = /^-?\d{1,10}$/.test(value) && !textFields.has(name);
  return isInteger ? Number(value) : value;
}

function keyValueList(element: XmlElement): KeyValueList {
  return element.children.map((pair): [string, KeyValue] => {
    const key = pair.attributes.get('key') ?? '';
    const value = pair.attributes.get('value') ?? '';
    switch (pair.name) {
      case 'list_pair':
        return [key, keyValueList(pair)];
      case 'str_pair':
        return [key, value];
      case 'int_pair':
        if (!/^-?\d{1,15}$/.test(value)) throw new SyntaxError(`the int_pair ${key} is no number`);
        return [key, Number(value)];
      case 'bin_pair':
        if (!/^([0-9a-f]{2})*$/i.test(value)) throw new SyntaxError(`the bin_pair ${key} is not hexadecimal`);
        return [key, new Uint8Array(Buffer.from(value, 'hex'))];
      default:
        throw new SyntaxError(`<${pair.name}> is no entry of a key-value list`);
    }
  });
}
