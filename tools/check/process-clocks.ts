/** Finds code of the product that reads the clock of the machine, where it must ask the clock that it was given. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from '../source-files.ts';

const reads = /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)/;

/** The only file that compares the clock of the machine with those of the stores. */
const comparing = 'packages/service-kit/src/reference-clock.ts';

/** Programs that have no store: the command line on an administrator's machine, tests, and the simulated Configuration Server. */
const programs =
  /^packages\/(?:cli|testing|config-server-simulator|config-server-conformance)\/|\/src\/testing\//;

/** A connection to a Configuration Server measures durations and draws no token; its `systemClock` is given to it by default. */
const clockOfConnections = 'packages/config-server-client/src/surroundings/clock.ts';

/** `path:line text` for each place. */
export function processClocks(root: string): string[] {
  return sourceFiles(root, /^(?:services|packages)\/[^/]+\/src\/.*\.ts$/)
    .filter((path) => ![comparing, clockOfConnections].includes(path) && !programs.test(path))
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) => clocksIn(readFileSync(join(root, path), 'utf8')).map((place) => `${path}:${place}`));
}

/** `line text` for each place of a source. */
export function clocksIn(source: string): string[] {
  return source
    .split('\n')
    .flatMap((line, index) => (reads.test(line) ? [`${index + 1} ${line.trim()}`] : []));
}
