/** Names what others may use of what calls of both APIs share. */
export { readDiagnosis, type Written } from './administration-calls.ts';
export { someAtOnce } from './some-at-once.ts';
