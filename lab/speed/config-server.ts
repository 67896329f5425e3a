/**
 * Runs the Configuration Server of the demo in a process of its own, with a hash that costs nothing: a bench of logins must not
 * be one of scrypt. Its argument says how many agents there are beside the people of the demo. It prints its port.
 */
import { demoSeed, demoTenantName, startSimulator } from '@gatehouse/config-server-simulator';
import { personsOf } from './agents-seed.ts';

const perTeam = 20;
const agents = personsOf(demoTenantName, Number(process.argv[2])).map((agent, person) => ({
  ...agent,
  // The demo has numbers of the same form.
  employeeId: agent.userName,
  accessGroups: [`Team ${Math.floor(person / perTeam)}`],
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
