/** Verifies an assertion that a client presents as a grant (RFC 7522 section 3), by the checks of a login. */
import type { KeyStrengthOptions } from '@gatehouse/service-kit/crypto';
import { SsoError } from '../failure.ts';
import { type AssertionBounds, attributesOf, checkAssertion } from './assertion.ts';
import { signedContent } from './metadata-signature.ts';
import { checkDecrypted, orMalformed } from './response-shape.ts';
import { attributeOf, childNamed, childrenNamed, instantOf, parseXml, textOf } from './xml.ts';

export interface BearerExpectation
  extends Pick<AssertionBounds, 'issuer' | 'audiences' | 'recipient' | 'clockSkewSeconds' | 'nowMs'> {
  /** PEM. */
  certificates: readonly string[];
  strength: KeyStrengthOptions;
  maxLifeSeconds: number;
}

export interface BearerAssertion {
  id: string;
  usableUntilMs: number;
  issuedAtMs: number;
  /** The very bytes that were signed. */
  signed: string;
  nameId: string | undefined;
  attributes: ReadonlyMap<string, string[]>;
}

/** As long as a form of the token endpoint may carry. */
const maxAssertion = 64 * 1024;
const xmlLimits = { longest: maxAssertion };

/** A document of which nothing is believed yet. @throws SsoError */
export function readBearerAssertion(encoded: string): { xml: string; root: Element; issuer: string } {
  // Section 2.1: base64url, without line breaks.
  if (encoded.length > maxAssertion || !/^[A-Za-z0-9_-]+={0,2}$/.test(encoded))
    throw new SsoError('response_malformed', 'the assertion is no base64url, or too long');
  const xml = Buffer.from(encoded, 'base64url').toString('utf8');
  return orMalformed(() => {
    const root = parseXml(xml, xmlLimits);
    if (root.localName === 'EncryptedAssertion')
      throw new SsoError('response_malformed', 'it is encrypted: send it signed only, over TLS');
    checkDecrypted(root);
    const issuer = childNamed(root, 'assertion', 'Issuer');
    return { xml, root, issuer: issuer === undefined ? '' : textOf(issuer) };
  });
}

/** @throws SsoError */
export function verifyBearerAssertion(
  { xml, root }: { xml: string; root: Element },
  expected: BearerExpectation,
): BearerAssertion {
  const [signature] = childrenNamed(root, 'signature', 'Signature');
  if (signature === undefined) throw new SsoError('signature_invalid', 'the assertion is not signed');
  const signed = expected.certificates
    .map((certificate) => signedContent(xml, signature, certificate, expected.strength))
    .find((content) => content !== undefined);
  if (signed === undefined)
    throw new SsoError('signature_invalid', 'no certificate of its issuer verifies the signature');
  // The verified text is parsed anew: nothing of the document around it takes part.
  return orMalformed(() => factsOf(parseXml(signed, xmlLimits), signed, expected));
}

function factsOf(assertion: Element, signed: string, expected: BearerExpectation): BearerAssertion {
  const { nowMs, clockSkewSeconds, maxLifeSeconds } = expected;
  // It answers no request of ours: one that answers somebody's was made for a login.
  const { id, subject, usableUntilMs } = checkAssertion(assertion, { ...expected, inResponseTo: undefined });
  if (id === '') throw new SsoError('response_malformed', 'the assertion has no ID');
  // Section 3, item 6: what is valid for long would have to be remembered for as long.
  if (usableUntilMs > nowMs + (maxLifeSeconds + 2 * clockSkewSeconds) * 1000)
    throw new SsoError('wrong_time', `it is valid for more than ${maxLifeSeconds} s`);
  const issuedAtMs = instantOf(attributeOf(assertion, 'IssueInstant'));
  if (issuedAtMs === undefined || issuedAtMs > nowMs + clockSkewSeconds * 1000)
    throw new SsoError('wrong_time', 'its IssueInstant is missing or in the future');
  const nameId = childNamed(subject, 'assertion', 'NameID');
  return {
    id,
    usableUntilMs,
    issuedAtMs,
    signed,
    nameId: nameId && textOf(nameId),
    attributes: attributesOf(assertion),
  };
}
