/** Defines how far the clock of a machine may be from those of the stores. */
import { read, setting } from './setting.ts';

export const clockSettings = {
  maxDifferenceMs: setting(read.integer(1000, 60_000).default(3000), {
    env: 'GATEHOUSE_CLOCK_MAX_DIFFERENCE_MS',
    doc: 'Difference between the clock of the machine and that of PostgreSQL or Redis beyond which the replica is not ready and its background work stops, in milliseconds. From one second on it is told as a problem.',
  }),
};
