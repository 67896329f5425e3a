/** Encodes what we ask of an LDAP server, with the messages and filters of ldapts. */
import {
  AbandonRequest,
  Attribute,
  BerWriter,
  BindRequest,
  Change,
  Control,
  ExtendedRequest,
  type Filter,
  type Message,
  ModifyRequest,
  PagedResultsControl,
  PasswordPolicyControl,
  SearchRequest,
  UnbindRequest,
} from 'ldapts';

/** Encodes the request under the message id that its connection chose. */
export type Encode = (messageId: number) => Buffer;

export interface SearchTerms {
  base: string;
  scope: 'base' | 'sub';
  filter: Filter;
  attributes: readonly string[];
  /** The server stops after so many entries; 0: no limit. */
  sizeLimit: number;
  /** The server gives up after this time. */
  timeLimitSeconds: number;
  /** Cookie of the page; undefined: not in pages. */
  page?: { size: number; cookie: Buffer } | undefined;
}

export const pagedResultsOid = '1.2.840.113556.1.4.319';
export const passwordPolicyOid = '1.3.6.1.4.1.42.2.27.8.5.1';
/** Active Directory then answers from its own domain alone instead of naming other servers. */
const domainScopeOid = '1.2.840.113556.1.4.1339';
/** RFC 3296 section 3: an entry that refers to another server is an entry like others, which the filter leaves out. */
const manageDsaItOid = '2.16.840.1.113730.3.4.2';
const startTlsOid = '1.3.6.1.4.1.1466.20037';
const passwordModifyOid = '1.3.6.1.4.1.4203.1.11.1';

export function bindRequest(dn: string, password: string): Encode {
  return (messageId) =>
    encoded(new BindRequest({ messageId, dn, password, controls: [new PasswordPolicyControl()] }));
}

export function searchRequest(terms: SearchTerms): Encode {
  const { base, scope, filter, attributes, sizeLimit, timeLimitSeconds, page } = terms;
  return (messageId) => {
    const controls = [new Control(domainScopeOid), new Control(manageDsaItOid)];
    if (page !== undefined) controls.push(new PagedResultsControl({ value: page }));
    return encoded(
      new SearchRequest({
        messageId,
        baseDN: base,
        scope,
        filter,
        attributes: [...attributes],
        sizeLimit,
        timeLimit: timeLimitSeconds,
        controls,
      }),
    );
  };
}

export function abandonRequest(abandonId: number): Encode {
  return (messageId) => encoded(new AbandonRequest({ messageId, abandonId }));
}

export const unbindRequest: Encode = (messageId) => encoded(new UnbindRequest({ messageId }));

export const startTlsRequest: Encode = (messageId) =>
  encoded(new ExtendedRequest({ messageId, oid: startTlsOid }));

/** RFC 3062. Without `dn` it is the password of the one who asks. */
export function passwordModifyRequest(passwords: {
  dn?: string | undefined;
  oldPassword: string;
  newPassword: string;
}): Encode {
  const { dn, oldPassword, newPassword } = passwords;
  const writer = new BerWriter();
  writer.startSequence();
  if (dn !== undefined) writer.writeString(dn, 0x80);
  writer.writeString(oldPassword, 0x81);
  writer.writeString(newPassword, 0x82);
  writer.endSequence();
  const value = writer.buffer;
  const controls = [new PasswordPolicyControl()];
  return (messageId) => encoded(new ExtendedRequest({ messageId, oid: passwordModifyOid, value, controls }));
}

/** [MS-ADTS] 3.1.1.3.1.5: deleting the old value proves that it is known; both or neither is done. */
export function unicodePasswordRequest(dn: string, oldPassword: string, newPassword: string): Encode {
  const change = (operation: 'delete' | 'add', password: string) =>
    new Change({
      operation,
      modification: new Attribute({ type: 'unicodePwd', values: [Buffer.from(`"${password}"`, 'utf16le')] }),
    });
  const changes = [change('delete', oldPassword), change('add', newPassword)];
  return (messageId) => encoded(new ModifyRequest({ messageId, dn, changes }));
}

function encoded(message: Message): Buffer {
  return message.write();
}
