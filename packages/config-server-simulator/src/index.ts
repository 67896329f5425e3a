/** Names what tests and programs may use of the simulator. */
export { demoSeed, demoServiceAccount, demoTenantName } from './seed/demo.ts';
export { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';
