/** An authenticator in software, with the browser in front of it (WebAuthn level 3): its keys are real, and it can be told to lie. */
import {
  createHash,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { encode } from 'cborg';
import type { AttestingModel } from './model.ts';

export type KeyKind = 'ES256' | 'RS256' | 'EdDSA';

export interface AuthenticatorOptions {
  kind?: KeyKind;
  /** Whether it knows its owner by PIN or body. */
  verifies?: boolean;
  /** Backup eligibility and state: whether its passkeys may be, and are, on several devices. */
  eligible?: boolean;
  synced?: boolean;
  /** Without it, it has no counter. */
  counts?: boolean;
  /** The public key that it names instead of its own. */
  jwk?: JsonWebKey;
  /** Proves its make where it is asked to. */
  model?: AttestingModel;
}

/** Where the person is, and what the browser or the authenticator says otherwise than it should. */
export interface Page {
  origin: string;
  crossOrigin?: boolean;
  topOrigin?: string;
  type?: string;
  challenge?: string;
  rpId?: string;
  userHandle?: string | null;
  /** Of a key that is not its own. */
  id?: string;
}

interface CreationOptions {
  challenge: string;
  rp: { id?: string };
  user: { id: string };
  pubKeyCredParams: readonly { alg: number }[];
  excludeCredentials?: readonly { id: string }[];
  attestation?: string;
}

interface RequestOptions {
  challenge: string;
  rpId?: string;
  allowCredentials?: readonly { id: string }[];
}

interface Key {
  id: Buffer;
  rpId: string;
  userHandle: string;
  kind: KeyKind;
  publicKey: KeyObject;
  privateKey: KeyObject;
}

export type Authenticator = ReturnType<typeof createAuthenticator>;

const algorithms: Record<KeyKind, number> = { ES256: -7, RS256: -257, EdDSA: -8 };
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
const publicKeyType = 'public-key' as const;

export function createAuthenticator(given: AuthenticatorOptions = {}) {
  return open(given, [], { value: 0 });
}

function open(given: AuthenticatorOptions, keys: Key[], counter: { value: number }) {
  const options = {
    kind: 'ES256',
    verifies: true,
    eligible: false,
    synced: false,
    counts: true,
    ...given,
  } as const;

  /** Section 6.1; `attested`: the key, when it is made. */
  const authenticatorData = (rpId: string, attested?: Buffer): Buffer => {
    if (options.counts) counter.value += 1;
    const { verifies, eligible, synced } = options;
    const flags = 1 | (verifies ? 4 : 0) | (eligible ? 8 : 0) | (synced ? 16 : 0) | (attested ? 64 : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter.value);
    return Buffer.concat([sha256(rpId), Buffer.of(flags), count, attested ?? Buffer.alloc(0)]);
  };

  const clientDataOf = (type: string, asked: string, page: Page): Buffer => {
    const { origin, crossOrigin = false, topOrigin, challenge = asked } = page;
    return Buffer.from(
      JSON.stringify({
        type: page.type ?? type,
        challenge,
        origin,
        crossOrigin,
        ...(topOrigin && { topOrigin }),
      }),
    );
  };

  return {
    /** Gives the answer of `navigator.credentials.create`, in JSON. Throws as the browser does where a key of the list is here. */
    create(asked: CreationOptions, page: Page) {
      const rpId = page.rpId ?? asked.rp.id ?? '';
      if (asked.excludeCredentials?.some(({ id }) => keys.some((key) => key.id.toString('base64url') === id)))
        throw new Error('InvalidStateError');
      if (!asked.pubKeyCredParams.some(({ alg }) => alg === algorithms[options.kind]))
        throw new Error('NotSupportedError');
      const id = page.id === undefined ? randomBytes(32) : Buffer.from(page.id, 'base64url');
      const key: Key = { id, rpId, userHandle: asked.user.id, kind: options.kind, ...pairOf(options.kind) };
      // One discoverable key for a user handle: a new one takes its place.
      const former = keys.findIndex((one) => one.rpId === rpId && one.userHandle === asked.user.id);
      if (former >= 0) keys.splice(former, 1);
      keys.push(key);
      const clientData = clientDataOf('webauthn.create', asked.challenge, page);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const aaguid = options.model?.aaguid ?? Buffer.alloc(16);
      const authData = authenticatorData(rpId, Buffer.concat([aaguid, length, id, coseOf(key, options.jwk)]));
      const isAsked = asked.attestation === 'direct' && options.model !== undefined;
      const statement = isAsked
        ? { fmt: 'packed', attStmt: options.model?.attest(Buffer.concat([authData, sha256(clientData)])) }
        : { fmt: 'none', attStmt: {} };
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: publicKeyType,
        response: {
          clientDataJSON: clientData.toString('base64url'),
          attestationObject: Buffer.from(encode({ ...statement, authData })).toString('base64url'),
          transports: ['usb'],
        },
      };
    },

    /** Gives the answer of `navigator.credentials.get`, in JSON. */
    get(asked: RequestOptions, page: Page) {
      const rpId = page.rpId ?? asked.rpId ?? '';
      const allowed = asked.allowCredentials?.map(({ id }) => id);
      const key = keys.findLast(
        ({ id, ...one }) =>
          (page.rpId !== undefined || one.rpId === rpId) &&
          (allowed === undefined || allowed.includes(id.toString('base64url'))),
      );
      if (key === undefined) throw new Error('NotAllowedError');
      const clientData = clientDataOf('webauthn.get', asked.challenge, page);
      const authData = authenticatorData(rpId);
      const id = page.id ?? key.id.toString('base64url');
      return {
        id,
        rawId: id,
        type: publicKeyType,
        response: {
          clientDataJSON: clientData.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: signatureOf(key, Buffer.concat([authData, sha256(clientData)])).toString('base64url'),
          userHandle: page.userHandle === undefined ? key.userHandle : page.userHandle,
        },
      };
    },

    /** The same keys on another device, which counts for itself from now on. */
    copy: (changed: AuthenticatorOptions = {}) => open({ ...given, ...changed }, [...keys], { ...counter }),
  };
}

function pairOf(kind: KeyKind): Pick<Key, 'publicKey' | 'privateKey'> {
  if (kind === 'EdDSA') return generateKeyPairSync('ed25519');
  if (kind === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** RFC 9053. */
function coseOf({ kind, publicKey }: Key, given?: JsonWebKey): Buffer {
  const jwk = given ?? publicKey.export({ format: 'jwk' });
  const bytes = (text = '') => Buffer.from(text, 'base64url');
  const members: Record<KeyKind, [number, number | Buffer][]> = {
    EdDSA: [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, bytes(jwk.x)],
    ],
    ES256: [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(jwk.x)],
      [-3, bytes(jwk.y)],
    ],
    RS256: [
      [1, 3],
      [3, -257],
      [-1, bytes(jwk.n)],
      [-2, bytes(jwk.e)],
    ],
  };
  return Buffer.from(encode(new Map(members[kind])));
}

function signatureOf({ kind, privateKey }: Key, data: Buffer): Buffer {
  return sign(kind === 'EdDSA' ? null : 'sha256', data, privateKey);
}
