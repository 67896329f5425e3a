/** Names what tests may use of programs and folders. */
export { findProgram, watchProgram } from './programs.ts';
export { temporaryFolder } from './temporary-folder.ts';
