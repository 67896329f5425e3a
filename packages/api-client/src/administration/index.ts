/** Names what others may use of what calls of both APIs share. */
export { readData, readDiagnosis, type Written } from './administration-calls.ts';
export { someAtOnce } from './some-at-once.ts';
