/** Names what tests of others may use. */
export { ManualClock } from './manual-clock.ts';
export { InMemoryBackend, type MemoryPerson } from './memory-backend.ts';
