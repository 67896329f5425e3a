/** Names what tests of others may use. */
export { RawConnection } from './raw-connection.ts';
export { registration } from './subject.ts';
