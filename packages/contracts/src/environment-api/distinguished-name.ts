/** Checks distinguished names of a directory (RFC 4514). */
import { label } from '../values/text.ts';

/** RFC 4514 section 3, with the spaces around separators that RFC 2253 section 4 lets readers accept. */
const attribute = /(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)/.source;
const value = /(?:#(?:[0-9A-Fa-f]{2})+ *|(?!#)(?:[^\\,+";<>]|\\(?:[ "#+,;<=>\\]|[0-9A-Fa-f]{2}))*)/.source;
const pair = ` *${attribute} *=${value}`;
export const distinguishedName = new RegExp(`^${pair}(?:[,+]${pair})*$`);

export const nameProblem = 'must be a distinguished name, such as ou=people,dc=example,dc=com';

export const distinguishedNameField = () => label(1024).regex(distinguishedName, nameProblem);
