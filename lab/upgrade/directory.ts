/** Runs the Configuration Server whose people use both contact centres: those of the demo, and one for each question. */
import { demoSeed, demoTenantName, startSimulator } from '@gatehouse/config-server-simulator';

export type Directory = Awaited<ReturnType<typeof startDirectory>>;

/** The server locks an account with this refusal, for longer than the command runs. */
export const lockoutThreshold = 5;
const rules = {
  'account-lockout-threshold': lockoutThreshold,
  'account-lockout-attempts-period': 20,
  'account-lockout-duration': 60,
};

/** Each is one person to the directory, whichever contact centre they sign in to. */
export const peopleNames = [
  ...['ann', 'bob', 'cid', 'dora', 'eve', 'finn', 'gus', 'hal', 'ida', 'jan', 'kim', 'lea', 'max', 'nell'],
  ...['oda', 'pia', 'quin', 'rosa', 'sid', 'tess', 'uma', 'vera', 'walt', 'xena', 'yan', 'zoe'],
] as const;
export type PersonName = (typeof peopleNames)[number];

export const passwordOf = (name: string) => `password-of-${name}`;

export async function startDirectory() {
  const persons = peopleNames.map((userName) => ({
    ...{ tenant: demoTenantName, userName, password: passwordOf(userName), firstName: userName },
    accessGroups: ['Users'],
  }));
  const seed = {
    ...demoSeed,
    environmentSecurityRules: rules,
    persons: [...(demoSeed.persons ?? []), ...persons],
  };
  const simulator = await startSimulator({ port: 0, seed, hash: 'test' });
  const asked = new Map<string, number>();
  simulator.faults.beforeRequest = ({ name, body }) => {
    if (name !== 'RequestAuthenticate') return;
    const { userName } = body as { userName: string };
    asked.set(userName, (asked.get(userName) ?? 0) + 1);
  };
  const personOf = (name: PersonName) => {
    const person = simulator.store.personNamed(name);
    if (person === undefined) throw new Error(`the directory has nobody called ${name}`);
    return person;
  };
  return {
    port: simulator.port,
    setEnabled: async (name: PersonName, isEnabled: boolean) => {
      await simulator.store.setEnabled(Number(personOf(name)['DBID']), isEnabled);
    },
    /** The changes that an administrator of the directory makes. */
    setPassword: async (name: PersonName, password: string) => {
      await simulator.store.updatePerson(Number(personOf(name)['DBID']), { password });
    },
    /** How many passwords the server was asked about, right or wrong. */
    askedAbout: (name: PersonName) => asked.get(name) ?? 0,
    isLocked: (name: PersonName) =>
      JSON.stringify(personOf(name)['userProperties'] ?? []).includes('last-locked-at'),
    close: () => simulator.close(),
  };
}
