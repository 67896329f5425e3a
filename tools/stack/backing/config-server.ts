/** Runs the Configuration Server simulator with the demo data as a process of its own. */
import { acceptsConnections } from '@gatehouse/testing/network';
import { nodeProgram } from '../processes/node-program.ts';
import type { SupervisedProgram } from '../processes/supervised.ts';
import type { StatePaths } from '../state/paths.ts';

export function configServerProgram(port: number, paths: StatePaths): SupervisedProgram {
  return nodeProgram({
    name: 'config-server-simulator',
    file: 'packages/config-server-simulator/dist/main.js',
    args: ['serve', '--port', String(port), '--seed', 'demo', '--file', paths.configServerFile],
    isReady: () => acceptsConnections(port),
  });
}
