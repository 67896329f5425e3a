/** Names what others may use of LDAP directories. */
export { createDirectoryBackend } from './backend.ts';
export { examineDirectory } from './examine.ts';
export { isAtOrBelow } from './people/distinguished-name.ts';
export type { PersonNumbers } from './person-numbers.ts';
export { directorySettingsOf } from './settings.ts';
