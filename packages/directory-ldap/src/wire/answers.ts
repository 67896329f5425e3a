/** Reads the answers of an LDAP server (RFC 4511 section 4.2 to 4.14) and nothing that is not one. */
import { Elements, integerOf, readHeader, tags, WireProblem } from './ber.ts';

export interface EntryAnswer {
  kind: 'entry';
  messageId: number;
  dn: string;
  /** By lower-case name. */
  attributes: ReadonlyMap<string, readonly Buffer[]>;
}

export interface ResultAnswer {
  kind: 'result';
  messageId: number;
  operation: number;
  /** RFC 4511 appendix A. */
  code: number;
  /** For programs only: it may name people. */
  diagnostic: string;
  /** By OID. */
  controls: ReadonlyMap<string, Buffer>;
  /** Of an extended response: what it answers. */
  oid: string | undefined;
}

export type Answer = EntryAnswer | ResultAnswer | { kind: 'reference'; messageId: number };

export const operations = {
  bind: 0x61,
  entry: 0x64,
  searchDone: 0x65,
  modify: 0x67,
  reference: 0x73,
  extended: 0x78,
} as const;

const results: ReadonlySet<number> = new Set([
  operations.bind,
  operations.searchDone,
  operations.modify,
  operations.extended,
]);
const controlsTag = 0xa0;
const referralTag = 0xa3;
const serverCredentialsTag = 0x87;
const responseNameTag = 0x8a;
const responseValueTag = 0x8b;

/** Values beyond are left out: we need none of them, and each costs more memory than its bytes. */
const maxValues = 5_000;

/** `message`: one whole frame, or its beginning. @throws WireProblem */
export function messageIdOf(message: Buffer): number {
  const header = readHeader(message, 0);
  return new Elements(message.subarray(header?.start)).integer(tags.integer);
}

/** `message`: one whole frame. @throws WireProblem */
export function readAnswer(message: Buffer): Answer {
  const envelope = new Elements(message).inside(tags.sequence);
  const messageId = envelope.integer(tags.integer);
  const operation = envelope.tag;
  if (operation === operations.entry) return readEntry(messageId, envelope);
  if (operation === operations.reference) return { kind: 'reference', messageId };
  if (operation === undefined || !results.has(operation))
    throw new WireProblem(`an answer has the unexpected operation ${operation}`);
  const result = readResult(envelope.inside(operation), operation);
  return { kind: 'result', messageId, operation, ...result, controls: readControls(envelope) };
}

function readEntry(messageId: number, envelope: Elements): EntryAnswer {
  const entry = envelope.inside(operations.entry);
  const dn = entry.text();
  const list = entry.inside(tags.sequence);
  const attributes = new Map<string, Buffer[]>();
  let count = 0;
  while (!list.isAtEnd) {
    const attribute = list.inside(tags.sequence);
    const name = attribute.text().toLowerCase();
    const values = attribute.inside(tags.set);
    const read: Buffer[] = [];
    for (; !values.isAtEnd && count < maxValues; count += 1) read.push(values.take(tags.octetString));
    attributes.set(name, read);
  }
  return { kind: 'entry', messageId, dn, attributes };
}

function readResult(result: Elements, operation: number) {
  const code = result.integer(tags.enumerated);
  result.text();
  const diagnostic = result.text();
  // Where a referral leads is not read: none is followed.
  result.optional(referralTag);
  if (operation === operations.bind) result.optional(serverCredentialsTag);
  const oid = operation === operations.extended ? result.optional(responseNameTag) : undefined;
  if (operation === operations.extended) result.optional(responseValueTag);
  if (!result.isAtEnd) throw new WireProblem('a result has more elements than LDAP knows');
  return { code, diagnostic, oid: oid?.toString('latin1') };
}

function readControls(envelope: Elements): ReadonlyMap<string, Buffer> {
  const controls = new Map<string, Buffer>();
  if (envelope.tag !== controlsTag) return controls;
  const list = envelope.inside(controlsTag);
  while (!list.isAtEnd) {
    const control = list.inside(tags.sequence);
    const oid = control.text();
    control.optional(tags.boolean);
    controls.set(oid, control.optional(tags.octetString) ?? Buffer.alloc(0));
  }
  return controls;
}

/** RFC 2696. An empty cookie: there are no more pages. */
export function readPageCookie(control: Buffer): Buffer {
  const value = new Elements(control).inside(tags.sequence);
  value.integer(tags.integer);
  return value.take(tags.octetString);
}

export interface PolicyAnswer {
  secondsBeforeExpiration?: number;
  /** The password is expired; so many logins are left to change it. */
  graceLogins?: number;
  error?: number;
}

/** draft-behera-ldap-password-policy section 6.2. */
export function readPolicy(control: Buffer): PolicyAnswer {
  const value = new Elements(control).inside(tags.sequence);
  const answer: PolicyAnswer = {};
  if (value.tag === 0xa0) {
    const warning = value.inside(0xa0);
    if (warning.tag === 0x80) answer.secondsBeforeExpiration = integerOf(warning.take(0x80));
    else answer.graceLogins = integerOf(warning.take(0x81));
  }
  if (value.tag === 0x81) answer.error = integerOf(value.take(0x81));
  return answer;
}
