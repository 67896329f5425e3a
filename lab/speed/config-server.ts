/**
 * Runs the Configuration Server of the demo in a process of its own, with a hash that costs nothing: a bench of logins must not
 * be one of scrypt. Its arguments say how many agents there are beside the people of the demo, and after how many milliseconds
 * it answers. It prints its port.
 */
import { demoSeed, demoTenantName, startSimulator } from '@gatehouse/config-server-simulator';
import { personsOf } from './agents-seed.ts';

const [agentCount = 0, answersAfterMs = 0] = process.argv.slice(2).map(Number);
const perTeam = 20;
/** The simulator looks through the members of all groups for those of one person. */
const mostInTeams = 2_000;
const betweenMembers = Math.max(1, Math.floor(agentCount / mostInTeams));
const teamsOf = (person: number) =>
  person % betweenMembers === 0 ? [`Team ${Math.floor(person / betweenMembers / perTeam)}`] : [];
const agents = personsOf(demoTenantName, agentCount).map((agent, person) => ({
  ...agent,
  // The demo has numbers of the same form.
  employeeId: agent.userName,
  accessGroups: teamsOf(person),
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
if (answersAfterMs > 0)
  simulator.faults.onAnswer = (answer, refId, send) => setTimeout(send, answersAfterMs, answer, refId);
console.log(simulator.port);
process.on('SIGTERM', () => void simulator.close().then(() => process.exit(0)));
