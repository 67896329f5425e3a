/** Names what others may use of work that repeats by itself, or until nothing waits. */
export { createRepeatingWork } from './repeating-work.ts';
export { workOff } from './work-off.ts';
