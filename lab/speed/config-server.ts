/**
 * Runs the Configuration Server of the demo in a process of its own, with a hash that costs nothing: a bench of logins must not
 * be one of scrypt. Its argument says how many agents there are beside the people of the demo. It prints its port.
 */
import { demoSeed, demoTenantName, startSimulator } from '@gatehouse/config-server-simulator';
import { agentOf } from './agents.ts';

const perTeam = 20;
const agents = Array.from({ length: Number(process.argv[2]) }, (_, number) => ({
  ...agentOf(number),
  tenant: demoTenantName,
  firstName: 'Ada',
  lastName: `Agent ${number}`,
  // The numbers of the demo have another form.
  employeeId: `agent-${number}`,
  emailAddress: `agent-${number}@example.com`,
  agent: true,
  accessGroups: [`Team ${Math.floor(number / perTeam)}`],
}));
const teams = [...new Set(agents.flatMap(({ accessGroups }) => accessGroups))];
const seed = {
  ...demoSeed,
  accessGroups: [
    ...(demoSeed.accessGroups ?? []),
    ...teams.map((name) => ({ tenant: demoTenantName, name })),
  ],
  persons: [...(demoSeed.persons ?? []), ...agents],
};
const simulator = await startSimulator({ port: 0, seed, hash: 'test' });
console.log(simulator.port);
process.on('SIGTERM', () => void simulator.close().then(() => process.exit(0)));
