/** Names what tests may use to find secrets where none may be. */
export { takeLeaks, watchingTracing, watchLog, watchSecret } from './secret-watch.ts';
