/** Runs one experiment of the laboratory: `lab/run.ts NAME`, then its own options. The commands of the repository start it. */

/** Each is loaded when it is wanted: one does not need what another one imports. */
const experiments: Record<string, () => Promise<(args: string[]) => Promise<number>>> = {
  chaos: async () => (await import('./failures/chaos/chaos.ts')).chaos,
  failover: async () => (await import('./failures/failover/failover.ts')).failover,
  regions: async () => (await import('./failures/regions/regions.ts')).regions,
  directory: async () => (await import('./failures/directory/directory.ts')).directory,
  clock: async () => (await import('./failures/clock/clock.ts')).clock,
  plans: async () => (await import('./plans/plans.ts')).plans,
  cluster: async () => (await import('./cluster/install.ts')).installed,
  release: async () => (await import('./release/rehearse.ts')).rehearsal,
  upgrade: async () => (await import('./upgrade/upgrade.ts')).upgrade,
  bench: async () => (await import('./speed/bench.ts')).bench,
  peers: async () => (await import('./speed/peers/peers.ts')).besidePeers,
  trio: async () => (await import('./speed/soak/soak.ts')).trio,
};

const [name = '', ...args] = process.argv.slice(2);
const load = experiments[name];
if (load === undefined) throw new Error(`${name} is none of ${Object.keys(experiments).join(', ')}`);
process.exitCode = await (await load())(args);
