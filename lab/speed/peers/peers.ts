/** `npm run bench:peers`: measures oidc-provider, Keycloak and Hydra beside Gatehouse and writes docs/explain/performance.md. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { keycloak } from '../../../tools/real/keycloak/install.ts';
import { provide } from '../../../tools/real/provide.ts';
import { experiment } from '../../harness/experiment.ts';
import { startBenchStack } from '../bench-stack.ts';
import { hydra } from '../hydra/build.ts';
import { clientCredentialsRows } from '../rows/client-credentials.ts';
import { introspectRow } from '../rows/introspect.ts';
import { refreshRow } from '../rows/refresh.ts';
import { factsOf } from './facts.ts';
import { loginRowName } from './figure.ts';
import { startHydra } from './hydra.ts';
import { startKeycloak } from './keycloak.ts';
import { measurePeers, type PeerOptions } from './measure-peers.ts';
import { measuredPart, type Results, withResults } from './page.ts';
import { gatehouseOf, oidcProviderOf, type Server } from './server.ts';

const page = fileURLToPath(new URL('../../../docs/explain/performance.md', import.meta.url));
const rows = [
  ...clientCredentialsRows.filter(({ name }) => !name.endsWith('eddsa')),
  introspectRow,
  refreshRow,
];
const rowNames = [...rows.map(({ name }) => name), loginRowName];
/** Those that are servers of their own; oidc-provider is part of the stack. */
const peers = [
  { needed: keycloak, start: startKeycloak },
  { needed: hydra, start: startHydra },
];
const peerNames = peers.map(({ needed }) => needed.name);

const usage = `Usage: npm run bench:peers [-- options]

  --only NAME       only this work, may be repeated (${rowNames.join(', ')})
  --peer NAME       beside oidc-provider only this peer, may be repeated (${peerNames.join(', ')})
  --seconds N       length of one round (5)
  --rounds N        rounds of each kind (5)
  --connections N   connections of the load (32)
  --warm-up N       seconds of load that each server gets before its rounds (10)

A run of everything writes docs/explain/performance.md; one with --only or --peer prints what it would write.
`;

export const besidePeers = experiment({
  usage,
  options: {
    only: { type: 'string', multiple: true, default: rowNames },
    peer: { type: 'string', multiple: true, default: peerNames },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
    'warm-up': { type: 'string', default: '10' },
  },
  names: { only: rowNames, peer: peerNames },
  async run({ only, peer, ...given }) {
    const results = await measureAll(only, peer, {
      seconds: Number(given.seconds),
      rounds: Number(given.rounds),
      connections: Number(given.connections),
      warmUpSeconds: Number(given['warm-up']),
    });
    console.log(measuredPart(results));
    if (only.length === rowNames.length && peer.length === peerNames.length)
      writeFileSync(page, withResults(readFileSync(page, 'utf8'), results));
    return true;
  },
});

async function measureAll(
  only: readonly string[],
  wanted: readonly string[],
  options: PeerOptions,
): Promise<Results> {
  const chosen = peers.filter(({ needed }) => wanted.includes(needed.name));
  const homes = new Map<string, string>();
  const leftOut: string[] = [];
  for (const { needed } of chosen) {
    const home = await provide(needed, `${needed.name} is left out`);
    if (home !== undefined) homes.set(needed.name, home);
    else leftOut.push(`${needed.name}, because ${needed.whyNot() ?? 'it is not there'}`);
  }
  const folder = await temporaryFolder();
  // Every connection of every round, the warm-up included, has a chain of refresh tokens of its own.
  const stack = await startBenchStack(options.connections * (options.rounds + 1));
  const started: Server[] = [];
  try {
    for (const { needed, start } of chosen) {
      const home = homes.get(needed.name);
      if (home !== undefined) started.push(await start(home, folder, stack));
    }
    const servers = [oidcProviderOf(stack), ...started, gatehouseOf(stack)];
    const measured = await measurePeers(
      stack,
      servers,
      rows.filter(({ name }) => only.includes(name)),
      only.includes(loginRowName),
      options,
    );
    return {
      servers,
      ...measured,
      leftOut: [...leftOut, ...measured.leftOut],
      facts: await factsOf(stack, { ...options, ...measured }),
    };
  } finally {
    for (const server of started) await server.stop();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
