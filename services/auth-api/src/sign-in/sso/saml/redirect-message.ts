/** Reads a message of the redirect binding; its signature covers the query exactly as it was sent (SAML bindings section 3.4.4.1). */
import { createVerify } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { SsoError } from '../failure.ts';

export interface RedirectMessage {
  kind: 'SAMLRequest' | 'SAMLResponse';
  xml: string;
  relayState: string | undefined;
}

const maxMessage = 64 * 1024;
const algorithms = new Map([
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'RSA-SHA256'],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', 'RSA-SHA512'],
]);

/** Nothing of it is believed yet. @throws SsoError */
export function readRedirectMessage(rawQuery: string): RedirectMessage {
  const raw = rawParameters(rawQuery);
  const kind = raw.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse';
  const encoded = decode(raw.get(kind) ?? '');
  if (encoded === '' || (raw.has('SAMLRequest') && raw.has('SAMLResponse')))
    throw new SsoError(
      'response_malformed',
      'the query holds not exactly one of SAMLRequest and SAMLResponse',
    );
  const relayState = raw.get('RelayState');
  return {
    kind,
    xml: inflate(encoded),
    relayState: relayState === undefined ? undefined : decode(relayState),
  };
}

/** @throws SsoError when it is not signed by one of the certificates */
export function verifyRedirectMessage(rawQuery: string, certificates: readonly string[]): void {
  const raw = rawParameters(rawQuery);
  const algorithm = algorithms.get(decode(raw.get('SigAlg') ?? ''));
  if (algorithm === undefined)
    throw new SsoError('algorithm_refused', `SigAlg is ${decode(raw.get('SigAlg') ?? 'missing')}`);
  const signed = ['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg']
    .filter((name) => raw.has(name))
    .map((name) => `${name}=${raw.get(name)}`)
    .join('&');
  const signature = Buffer.from(decode(raw.get('Signature') ?? ''), 'base64');
  const holds = certificates.some((certificate) =>
    createVerify(algorithm).update(signed).verify(certificate, signature),
  );
  if (!holds) throw new SsoError('signature_invalid', 'no certificate of the metadata verifies the query');
}

/** As they stand in the query: what is signed is not what a parser makes of it. @throws SsoError when one comes twice */
function rawParameters(rawQuery: string): Map<string, string> {
  const raw = new Map<string, string>();
  for (const part of rawQuery.split('&')) {
    const [name = '', ...value] = part.split('=');
    if (raw.has(name)) throw new SsoError('response_malformed', `${name} comes twice in the query`);
    raw.set(name, value.join('='));
  }
  return raw;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new SsoError('response_malformed', 'the query is not encoded as one');
  }
}

/** Bounded: a kilobyte can hold a megabyte of nothing. */
function inflate(encoded: string): string {
  try {
    return inflateRawSync(Buffer.from(encoded, 'base64'), { maxOutputLength: maxMessage }).toString('utf8');
  } catch {
    throw new SsoError('response_malformed', `it cannot be inflated to at most ${maxMessage} bytes`);
  }
}
