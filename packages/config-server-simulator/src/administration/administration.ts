/** Creates and changes objects as an administrator does; every change reaches the subscribed clients. */
import {
  CfgAccessGroupType,
  CfgObjectState,
  CfgObjectType,
  type KeyValueList,
  toFlag,
} from '@gatehouse/people-directory';
import { RequestRefused } from '../objects/request-refused.ts';
import { identityOf, type StoredObject } from '../objects/stored-object.ts';
import type { Authenticator } from '../security/authenticator.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { type HashAlgorithm, hashPassword } from '../store/password-hash.ts';

/** The next free DBID is taken when none is given. */
interface NewObject {
  dbid?: number | undefined;
}

interface NewPerson extends NewObject {
  tenantDbid: number;
  userName: string;
  /** Without a password the person cannot log in. */
  password?: string | undefined;
  firstName?: string | undefined;
  lastName?: string | undefined;
  /** Default: the user name. */
  employeeId?: string | undefined;
  emailAddress?: string | undefined;
  externalId?: string | undefined;
  isAgent?: boolean | undefined;
  isEnabled?: boolean | undefined;
  changePasswordOnNextLogin?: boolean | undefined;
  appRanks?: { appType: number; appRank: number }[] | undefined;
  annex?: KeyValueList | undefined;
}

interface NewTenant extends NewObject {
  name: string;
  parentDbid?: number | undefined;
  annex?: KeyValueList | undefined;
}

interface NewAccessGroup extends NewObject {
  tenantDbid: number;
  name: string;
  type?: number | undefined;
}

export interface AdministrationOptions {
  store: ObjectStore;
  authenticator: Authenticator;
  algorithm: HashAlgorithm;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Throws on a server that takes no changes. */
  assertWritable: () => void;
}

export type Administration = ReturnType<typeof createAdministration>;

const { person, tenant, application, accessGroup } = CfgObjectType;
const maxPasswordsKept = 30;

export function createAdministration(options: AdministrationOptions) {
  const { store, authenticator, algorithm } = options;

  async function create(objectType: number, object: StoredObject, password?: string): Promise<StoredObject> {
    options.assertWritable();
    const passwords = password === undefined ? undefined : [await hashPassword(password, algorithm)];
    return store.create(objectType, object, passwords);
  }

  async function update(objectType: number, dbid: number, fields: StoredObject): Promise<StoredObject> {
    options.assertWritable();
    return store.update(objectType, dbid, fields);
  }

  return {
    personNamed: (userName: string) => store.personNamed(userName),
    get: (objectType: number, dbid: number) => store.get(objectType, dbid),
    createPerson: (fields: NewPerson) => create(person, personObject(fields), fields.password),
    createObject: (objectType: number, object: StoredObject) => create(objectType, object),
    createTenant: ({ dbid, name, parentDbid = 0, annex = [] }: NewTenant) =>
      create(tenant, {
        ...identity(dbid),
        name,
        isServiceProvider: toFlag(false),
        parentTenantDBID: parentDbid,
        state: CfgObjectState.enabled,
        userProperties: annex,
      }),
    createApplication: ({ dbid, name, type }: NewObject & { name: string; type: number }) =>
      create(application, {
        ...identity(dbid),
        name,
        type,
        version: '',
        isServer: toFlag(true),
        state: CfgObjectState.enabled,
        options: [],
        userProperties: [],
      }),
    createAccessGroup: ({ dbid, tenantDbid, name, type = CfgAccessGroupType.default }: NewAccessGroup) =>
      create(accessGroup, {
        groupInfo: {
          ...identity(dbid),
          tenantDBID: tenantDbid,
          name,
          state: CfgObjectState.enabled,
          userProperties: [],
        },
        memberIDs: [],
        type,
      }),
    async addToAccessGroup(groupDbid: number, personDbid: number): Promise<StoredObject> {
      const group = store.get(accessGroup, groupDbid);
      if (group === undefined)
        throw new RequestRefused('CFGObjectNotFound', 'no such access group', { objectType: accessGroup });
      const members = (group['memberIDs'] as StoredObject[] | undefined) ?? [];
      const isIn = members.some((entry) => entry['type'] === person && entry['DBID'] === personDbid);
      const memberIDs = isIn ? members : [...members, { CSID: 0, DBID: personDbid, type: person }];
      return update(accessGroup, groupDbid, { memberIDs });
    },
    /** `fields` by their documented names; `password` replaces the old one without a check of the password rules. */
    async updatePerson(
      dbid: number,
      { password, ...fields }: StoredObject & { password?: string },
    ): Promise<StoredObject> {
      if (password === undefined) return update(person, dbid, fields);
      options.assertWritable();
      const hash = await hashPassword(password, algorithm);
      const passwords = [hash, ...store.passwordsOf(dbid)].slice(0, maxPasswordsKept);
      const PasswordUpdatingDate = Math.floor(options.now() / 1000);
      return store.update(person, dbid, { PasswordUpdatingDate, ...fields }, passwords);
    },
    async updateObject(objectType: number, dbid: number, fields: StoredObject): Promise<StoredObject> {
      const before = store.get(objectType, dbid);
      const isGroup = before !== undefined && identityOf(objectType, before) !== before;
      if (!isGroup) return update(objectType, dbid, fields);
      // The identity of a group is a structure: its fields change one by one as well.
      const groupInfo = {
        ...(before['groupInfo'] as object),
        ...(fields['groupInfo'] as object | undefined),
      };
      return update(objectType, dbid, { ...fields, groupInfo });
    },
    setEnabled: (dbid: number, isEnabled: boolean) => update(person, dbid, { state: stateOf(isEnabled) }),
    async unlock(dbid: number): Promise<void> {
      options.assertWritable();
      await authenticator.unlock(dbid);
    },
    async deletePerson(dbid: number): Promise<void> {
      options.assertWritable();
      await store.delete(person, dbid);
    },
  };
}

function identity(dbid: number | undefined): StoredObject {
  return dbid === undefined ? {} : { DBID: dbid };
}

function stateOf(isEnabled: boolean): number {
  return isEnabled ? CfgObjectState.enabled : CfgObjectState.disabled;
}

function personObject(fields: NewPerson): StoredObject {
  const { isAgent = false, isEnabled = true } = fields;
  return {
    ...identity(fields.dbid),
    tenantDBID: fields.tenantDbid,
    userName: fields.userName,
    employeeID: fields.employeeId ?? fields.userName,
    firstName: fields.firstName ?? '',
    lastName: fields.lastName ?? '',
    emailAddress: fields.emailAddress ?? '',
    externalID: fields.externalId ?? '',
    isAgent: toFlag(isAgent),
    // Only agents have this structure.
    ...(isAgent ? { agentInfo: { placeDBID: 0, skillLevels: [], agentLogins: [] } } : {}),
    isExternalAuth: toFlag(false),
    changePasswordOnNextLogin: toFlag(fields.changePasswordOnNextLogin ?? false),
    PasswordUpdatingDate: 0,
    state: stateOf(isEnabled),
    appRanks: fields.appRanks ?? [],
    userProperties: fields.annex ?? [],
  };
}
