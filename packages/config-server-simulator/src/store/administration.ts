/** What an administrator does to the estate; every change reaches the subscribed clients. */
import {
  CfgAccessGroupType,
  CfgObjectState,
  CfgObjectType,
  toFlag,
} from '@gatehouse/config-server-client/model/enumerations';
import type { KeyValueList } from '@gatehouse/config-server-client/model/key-value-list';
import type { Authenticator } from '../security/authenticator.ts';
import { type HashAlgorithm, hashPassword } from '../security/password-hash.ts';
import { rulesFor } from '../security/rules.ts';
import { RequestRefused } from '../server/request-refused.ts';
import type { ObjectStore } from './object-store.ts';
import { identityOf, type StoredObject } from './stored-object.ts';

export interface NewPerson {
  /** Default: the next free one. */
  dbid?: number | undefined;
  tenantDbid: number;
  userName: string;
  /** Without one nobody can log in as this person. */
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

export interface Administration {
  createPerson(person: NewPerson): Promise<StoredObject>;
  /** `fields` by their documented names; `password` is hashed and replaces the old one without checking rules. */
  updatePerson(dbid: number, fields: StoredObject & { password?: string }): Promise<StoredObject>;
  deletePerson(dbid: number): Promise<void>;
  setEnabled(dbid: number, isEnabled: boolean): Promise<StoredObject>;
  unlock(dbid: number): Promise<void>;
  /** The password counts as too old from now on. Errors: Unsupported where no rule lets passwords expire. */
  expirePassword(dbid: number): Promise<StoredObject>;
  createTenant(tenant: {
    dbid?: number;
    name: string;
    parentDbid?: number;
    annex?: KeyValueList;
  }): Promise<StoredObject>;
  createApplication(application: { dbid?: number; name: string; type: number }): Promise<StoredObject>;
  createAccessGroup(group: {
    dbid?: number;
    tenantDbid: number;
    name: string;
    type?: number;
  }): Promise<StoredObject>;
  addToAccessGroup(groupDbid: number, personDbid: number): Promise<StoredObject>;
  removeFromAccessGroup(groupDbid: number, personDbid: number): Promise<StoredObject>;
  createObject(objectType: number, object: StoredObject): Promise<StoredObject>;
  updateObject(objectType: number, dbid: number, fields: StoredObject): Promise<StoredObject>;
  deleteObject(objectType: number, dbid: number): Promise<void>;
  personNamed(userName: string): StoredObject | undefined;
  get(objectType: number, dbid: number): StoredObject | undefined;
}

export interface AdministrationOptions {
  store: ObjectStore;
  authenticator: Authenticator;
  algorithm: HashAlgorithm;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Refuses on a server that takes no changes. */
  assertWritable: () => void;
}

const person = CfgObjectType.person;
const credentialsKept = 30;
const daySeconds = 86_400;

export function createAdministration(options: AdministrationOptions): Administration {
  const { store, authenticator, algorithm, assertWritable } = options;
  const groupMembers = (groupDbid: number): StoredObject[] => {
    const group = store.get(CfgObjectType.accessGroup, groupDbid);
    if (group === undefined) {
      throw new RequestRefused('CFGObjectNotFound', 'no such access group', {
        objectType: CfgObjectType.accessGroup,
      });
    }
    return (group['memberIDs'] as StoredObject[] | undefined) ?? [];
  };
  const isMember = (entry: StoredObject, dbid: number) => entry['type'] === person && entry['DBID'] === dbid;

  return {
    async createPerson(fields) {
      assertWritable();
      const { password } = fields;
      const credential = password === undefined ? undefined : [await hashPassword(password, algorithm)];
      return store.create(person, personObject(fields), { credential });
    },
    async updatePerson(dbid, { password, ...fields }) {
      assertWritable();
      if (password === undefined) return store.update(person, dbid, fields);
      const hash = await hashPassword(password, algorithm);
      const credential = [hash, ...store.credentialOf(dbid)].slice(0, credentialsKept);
      const PasswordUpdatingDate = Math.floor(options.now() / 1000);
      return store.update(person, dbid, { PasswordUpdatingDate, ...fields }, { credential });
    },
    async deletePerson(dbid) {
      assertWritable();
      await store.delete(person, dbid);
    },
    async setEnabled(dbid, isEnabled) {
      assertWritable();
      return store.update(person, dbid, {
        state: isEnabled ? CfgObjectState.enabled : CfgObjectState.disabled,
      });
    },
    async unlock(dbid) {
      assertWritable();
      await authenticator.unlock(dbid);
    },
    async expirePassword(dbid) {
      assertWritable();
      const found = store.get(person, dbid);
      const days = found === undefined ? 0 : rulesFor(found, store).passwordExpirationDays;
      if (found !== undefined && days === 0) {
        throw new RequestRefused('Unsupported', 'no password-expiration applies to this person');
      }
      return store.update(person, dbid, {
        PasswordUpdatingDate: Math.floor(options.now() / 1000) - days * daySeconds,
      });
    },
    async createTenant({ dbid, name, parentDbid, annex }) {
      assertWritable();
      return store.create(CfgObjectType.tenant, {
        ...(dbid === undefined ? {} : { DBID: dbid }),
        name,
        isServiceProvider: toFlag(false),
        parentTenantDBID: parentDbid ?? 0,
        state: CfgObjectState.enabled,
        userProperties: annex ?? [],
      });
    },
    async createApplication({ dbid, name, type }) {
      assertWritable();
      return store.create(CfgObjectType.application, {
        ...(dbid === undefined ? {} : { DBID: dbid }),
        name,
        type,
        version: '',
        isServer: toFlag(true),
        state: CfgObjectState.enabled,
        options: [],
        userProperties: [],
      });
    },
    async createAccessGroup({ dbid, tenantDbid, name, type }) {
      assertWritable();
      const groupInfo = {
        ...(dbid === undefined ? {} : { DBID: dbid }),
        tenantDBID: tenantDbid,
        name,
        state: CfgObjectState.enabled,
        userProperties: [],
      };
      return store.create(CfgObjectType.accessGroup, {
        groupInfo,
        memberIDs: [],
        type: type ?? CfgAccessGroupType.default,
      });
    },
    async addToAccessGroup(groupDbid, personDbid) {
      assertWritable();
      const members = groupMembers(groupDbid);
      const isIn = members.some((entry) => isMember(entry, personDbid));
      const memberIDs = isIn ? members : [...members, { CSID: 0, DBID: personDbid, type: person }];
      return store.update(CfgObjectType.accessGroup, groupDbid, { memberIDs });
    },
    async removeFromAccessGroup(groupDbid, personDbid) {
      assertWritable();
      const memberIDs = groupMembers(groupDbid).filter((entry) => !isMember(entry, personDbid));
      return store.update(CfgObjectType.accessGroup, groupDbid, { memberIDs });
    },
    async createObject(objectType, object) {
      assertWritable();
      return store.create(objectType, object);
    },
    async updateObject(objectType, dbid, fields) {
      assertWritable();
      const before = store.get(objectType, dbid);
      const isGroup = before !== undefined && identityOf(objectType, before) !== before;
      // Group objects keep their identity in a structure: its fields change one by one as well.
      const groupInfo = {
        ...(before?.['groupInfo'] as object),
        ...(fields['groupInfo'] as object | undefined),
      };
      return store.update(objectType, dbid, isGroup ? { ...fields, groupInfo } : fields);
    },
    async deleteObject(objectType, dbid) {
      assertWritable();
      await store.delete(objectType, dbid);
    },
    personNamed: (userName) => store.personNamed(userName),
    get: (objectType, dbid) => store.get(objectType, dbid),
  };
}

function personObject(fields: NewPerson): StoredObject {
  const isAgent = fields.isAgent ?? false;
  return {
    ...(fields.dbid === undefined ? {} : { DBID: fields.dbid }),
    tenantDBID: fields.tenantDbid,
    userName: fields.userName,
    employeeID: fields.employeeId ?? fields.userName,
    firstName: fields.firstName ?? '',
    lastName: fields.lastName ?? '',
    emailAddress: fields.emailAddress ?? '',
    externalID: fields.externalId ?? '',
    isAgent: toFlag(isAgent),
    // Set exactly for agents.
    ...(isAgent ? { agentInfo: { placeDBID: 0, skillLevels: [], agentLogins: [] } } : {}),
    isExternalAuth: toFlag(false),
    changePasswordOnNextLogin: toFlag(fields.changePasswordOnNextLogin ?? false),
    PasswordUpdatingDate: 0,
    state: fields.isEnabled === false ? CfgObjectState.disabled : CfgObjectState.enabled,
    appRanks: fields.appRanks ?? [],
    userProperties: fields.annex ?? [],
  };
}
