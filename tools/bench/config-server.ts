/** The demo estate's Configuration Server with a hash that costs nothing: a bench of logins must not be one of scrypt. Its own process; prints its port. */
import { demoSeed } from '@gatehouse/config-server-simulator/seed/demo';
import { startSimulator } from '@gatehouse/config-server-simulator/simulator';

const simulator = await startSimulator({ port: 0, seed: demoSeed, hash: 'test' });
console.log(simulator.port);
process.on('SIGTERM', () => void simulator.close().then(() => process.exit(0)));
