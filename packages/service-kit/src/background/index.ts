/** Names what others may use of work that repeats by itself. */
export { createRepeatingWork } from './repeating-work.ts';
