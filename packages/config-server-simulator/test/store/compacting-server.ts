/** A server whose estate file is written anew all the time, to be killed over it. */

import { terminalLog } from '../../src/program/terminal-log.ts';
import { demoSeed } from '../../src/seed/demo.ts';
import { startSimulator } from '../../src/simulator.ts';

const [file = ''] = process.argv.slice(2);
const simulator = await startSimulator({
  file,
  port: 0,
  seed: demoSeed,
  hash: 'test',
  spareEntries: 5,
  log: terminalLog((line) => process.stdout.write(line), { isVerbose: false, now: Date.now }),
});
process.stdout.write(`listening on ${simulator.host}:${simulator.port}\n`);
