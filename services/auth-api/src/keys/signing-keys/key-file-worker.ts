/**
 * Opens a key file on a worker thread: the file itself sets how often its password is hashed, which could block the event
 * loop. It imports no file of the service, so that it runs as a worker from source and compiled.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type forge from 'node-forge';

export interface KeyFile {
  kind: 'pem' | 'pkcs12';
  /** PEM text, or PKCS#12 in base64. */
  content: string;
  password: string;
  /** Name of the entry of a keystore that has several. */
  alias: string | undefined;
}

/** The key as PKCS#8 text, or the problem of the file. */
export type OpenedKeyFile = { pkcs8: string } | { problem: string };

class Problem extends Error {}

try {
  const file = workerData as KeyFile;
  const key = file.kind === 'pem' ? openPem(file) : await openPkcs12(file);
  answer({ pkcs8: key.export({ type: 'pkcs8', format: 'pem' }) as string });
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  answer({ problem: error.message });
}

function answer(opened: OpenedKeyFile): void {
  parentPort?.postMessage(opened);
}

function openPem({ content, password }: KeyFile): KeyObject {
  // A file may also contain certificates.
  const block = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]+?-----END \1PRIVATE KEY-----/.exec(content)?.[0];
  if (block === undefined) throw new Problem('has no private key: a block BEGIN … PRIVATE KEY is needed');
  const isEncrypted = block.includes('ENCRYPTED');
  if (isEncrypted && password === '') throw new Problem('is encrypted: send its password too');
  try {
    return createPrivateKey({ key: block, format: 'pem', ...(isEncrypted ? { passphrase: password } : {}) });
  } catch {
    throw new Problem(isEncrypted ? 'does not open with this password' : 'is no readable private key');
  }
}

async function openPkcs12({ content, password, alias }: KeyFile): Promise<KeyObject> {
  const bytes = Buffer.from(content, 'base64');
  if (bytes.subarray(0, 4).toString('hex') === 'feedfeed') {
    throw new Problem(
      'is a JKS keystore: convert it with keytool -importkeystore -srckeystore FILE -destkeystore FILE.p12 -deststoretype PKCS12',
    );
  }
  // Loaded here, because only keystores need it and it loads slowly.
  const { default: library } = await import('node-forge');
  const keys = readKeys(library, bytes, password);
  const names = keys.map(({ name }) => name);
  const chosen = alias === undefined ? keys : keys.filter(({ name }) => name === alias);
  const [only, another] = chosen;
  if (only === undefined) {
    throw new Problem(
      alias === undefined
        ? 'has no private key'
        : `has no private key named ${alias}: it has ${names.join(', ')}`,
    );
  }
  if (another !== undefined)
    throw new Problem(`has several private keys: choose an alias of ${names.join(', ')}`);
  return createPrivateKey({ key: only.der, format: 'der', type: 'pkcs8' });
}

function readKeys(library: typeof forge, bytes: Buffer, password: string): { name: string; der: Buffer }[] {
  const tree = parse(() => library.asn1.fromDer(bytes.toString('binary')), 'is no PKCS#12 file in base64');
  const store = parse(
    () => library.pkcs12.pkcs12FromAsn1(tree, true, password),
    'does not open with this password',
  );
  return store.safeContents
    .flatMap(({ safeBags }) => safeBags)
    .filter(
      ({ type }) => type === library.pki.oids['pkcs8ShroudedKeyBag'] || type === library.pki.oids['keyBag'],
    )
    .map((bag) => ({
      name: String(bag.attributes?.friendlyName?.[0] ?? 'without a name'),
      der: Buffer.from(library.asn1.toDer(privateKeyInfo(library, bag)).getBytes(), 'binary'),
    }));
}

/** The library parses RSA keys only and leaves others as ASN.1. */
function privateKeyInfo(library: typeof forge, { key, asn1 }: forge.pkcs12.Bag): forge.asn1.Asn1 {
  return key ? library.pki.wrapRsaPrivateKey(library.pki.privateKeyToAsn1(key)) : asn1;
}

/** Replaces the library's error messages, which do not help an administrator. */
function parse<T>(read: () => T, problem: string): T {
  try {
    return read();
  } catch {
    throw new Problem(problem);
  }
}
