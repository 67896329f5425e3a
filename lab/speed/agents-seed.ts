/** People of a Configuration Server who all have the same password. */

export const agentPassword = 'bench-person-password';

export function userNameOf(person: number): string {
  return `agent-${person}`;
}

export function personsOf(tenant: string, count: number) {
  return Array.from({ length: count }, (_, person) => ({
    tenant,
    userName: userNameOf(person),
    password: agentPassword,
    firstName: 'Ada',
    lastName: `Agent ${person}`,
    employeeId: `E-${person}`,
    emailAddress: `${userNameOf(person)}@example.com`,
    agent: true,
  }));
}
