/** Defines the people and objects of the demo server: one customer, a service account, and a person for each case of a login. */
import { CfgAccessGroupType, CfgAppType, CfgRank } from '@gatehouse/people-directory';
import { environmentTenantName, type SeedInput } from './seed.ts';

export const demoTenantName = 'demo';
export const demoServiceAccount = {
  applicationName: 'gatehouse',
  userName: 'gatehouse',
  password: 'demo-service-password',
} as const;

/** The passwords are public: these objects are for demos and tests. */
export const demoSeed: SeedInput = {
  tenants: [{ dbid: 101, name: demoTenantName }],
  applications: [{ dbid: 101, name: demoServiceAccount.applicationName, type: CfgAppType.genericServer }],
  accessGroups: [
    { dbid: 101, tenant: demoTenantName, name: 'Users', type: CfgAccessGroupType.users },
    { dbid: 102, tenant: demoTenantName, name: 'Administrators', type: CfgAccessGroupType.administrators },
    { dbid: 103, tenant: demoTenantName, name: 'Agents', type: CfgAccessGroupType.default },
    { dbid: 104, tenant: demoTenantName, name: 'Team leads', type: CfgAccessGroupType.default },
  ],
  persons: [
    {
      dbid: 100,
      tenant: environmentTenantName,
      userName: demoServiceAccount.userName,
      password: demoServiceAccount.password,
      lastName: 'Service account',
    },
    {
      dbid: 101,
      tenant: demoTenantName,
      userName: 'agent',
      password: 'demo-agent-password',
      firstName: 'Ada',
      lastName: 'Agent',
      employeeId: 'E-101',
      emailAddress: 'agent@example.com',
      agent: true,
      accessGroups: ['Users', 'Agents'],
    },
    {
      dbid: 102,
      tenant: demoTenantName,
      userName: 'supervisor',
      password: 'demo-supervisor-password',
      firstName: 'Simon',
      lastName: 'Supervisor',
      employeeId: 'E-102',
      emailAddress: 'supervisor@example.com',
      appRanks: [{ appType: CfgAppType.sce, appRank: CfgRank.user }],
      accessGroups: ['Users', 'Team leads'],
    },
    {
      dbid: 103,
      tenant: demoTenantName,
      userName: 'admin',
      password: 'demo-admin-password',
      firstName: 'Alma',
      lastName: 'Admin',
      employeeId: 'E-103',
      emailAddress: 'admin@example.com',
      appRanks: [{ appType: CfgAppType.sce, appRank: CfgRank.superAdministrator }],
      accessGroups: ['Users', 'Administrators'],
    },
    {
      dbid: 104,
      tenant: demoTenantName,
      userName: 'locked',
      password: 'demo-locked-password',
      firstName: 'Leo',
      lastName: 'Locked',
      employeeId: 'E-104',
      emailAddress: 'locked@example.com',
      disabled: true,
      accessGroups: ['Users'],
    },
    {
      dbid: 105,
      tenant: demoTenantName,
      userName: 'newcomer',
      password: 'demo-newcomer-password',
      firstName: 'Nora',
      lastName: 'Newcomer',
      employeeId: 'E-105',
      emailAddress: 'newcomer@example.com',
      agent: true,
      changePasswordOnNextLogin: true,
      accessGroups: ['Users', 'Agents'],
    },
  ],
};
