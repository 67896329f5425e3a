/** The estate of the link's bench: a service account, and persons who all have the same password. */
import { demoServiceAccount } from '@gatehouse/config-server-simulator/seed/demo';
import { environmentTenantName, type SeedInput } from '@gatehouse/config-server-simulator/seed/seed';

export const linkPassword = 'bench-person-password';

export function userNameOf(person: number): string {
  return `agent-${person}`;
}

export function linkSeed(persons: number): SeedInput {
  const { applicationName, userName, password } = demoServiceAccount;
  const tenant = 'bench';
  return {
    tenants: [{ name: tenant }],
    applications: [{ name: applicationName }],
    accessGroups: [{ tenant, name: 'Agents' }],
    persons: [{ tenant: environmentTenantName, userName, password }, ...personsOf(tenant, persons)],
  };
}

export function personsOf(tenant: string, count: number) {
  return Array.from({ length: count }, (_, person) => ({
    tenant,
    userName: userNameOf(person),
    password: linkPassword,
    firstName: 'Ada',
    lastName: `Agent ${person}`,
    employeeId: `E-${person}`,
    emailAddress: `${userNameOf(person)}@example.com`,
    agent: true,
  }));
}
