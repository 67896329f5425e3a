/**
 * Checks the shape of a SAML response before its signature: one assertion in its place, signatures only where they belong,
 * unique ids, and strong algorithms. Every known attack that wraps a signed element needs a second assertion, a second id
 * or a signature in another place (XSW1 to XSW8).
 */
import { SsoError } from '../failure.ts';
import { allElements, attributeOf, childrenNamed, elementsIn, isNamed, RefusedXml } from './xml.ts';

export interface ShapedResponse {
  response: Element;
  /** Assertion or EncryptedAssertion. */
  assertion: Element;
  isEncrypted: boolean;
  hasSignature: boolean;
}

/** @throws SsoError response_malformed, algorithm_refused; provider_refused when the answer is a refusal */
export function shapeOf(response: Element): ShapedResponse {
  if (!isNamed(response, 'protocol', 'Response'))
    throw malformed(`the root is ${response.localName}, not a SAML 2.0 Response`);
  if (attributeOf(response, 'Version') !== '2.0') throw malformed('the Response is not of version 2.0');
  requireSuccess(response);
  const plain = childrenNamed(response, 'assertion', 'Assertion');
  const encrypted = childrenNamed(response, 'assertion', 'EncryptedAssertion');
  const [assertion, ...more] = [...plain, ...encrypted];
  if (assertion === undefined || more.length > 0)
    throw malformed(`the Response holds ${plain.length + encrypted.length} assertions instead of one`);
  requireOneAssertion(response, assertion);
  checkSignatures(response);
  return {
    response,
    assertion,
    isEncrypted: encrypted.length > 0,
    hasSignature: childrenNamed(response, 'signature', 'Signature').length > 0,
  };
}

/** The same for what was encrypted. @throws SsoError */
export function checkDecrypted(assertion: Element): void {
  if (!isNamed(assertion, 'assertion', 'Assertion'))
    throw malformed('what was encrypted is no SAML 2.0 assertion');
  requireOneAssertion(assertion, assertion);
  checkSignatures(assertion);
}

/** SAML core section 3.2.2.2. Not signed perhaps, but a refusal is nothing that anybody gains by. */
function requireSuccess(response: Element): void {
  const [status] = childrenNamed(response, 'protocol', 'Status');
  const codes =
    status === undefined ? [] : allElements(status).filter((one) => isNamed(one, 'protocol', 'StatusCode'));
  const values = codes.map((code) => (attributeOf(code, 'Value') ?? '').replace(/^.*:/, ''));
  if (values[0] === 'Success') return;
  const message = status && childrenNamed(status, 'protocol', 'StatusMessage')[0]?.textContent;
  throw new SsoError(
    'provider_refused',
    `status ${values.join(' / ') || 'missing'}${message ? `: ${message}` : ''}`.slice(0, 300),
  );
}

function requireOneAssertion(root: Element, assertion: Element): void {
  const names = ['Assertion', 'EncryptedAssertion', 'Response'];
  for (const element of allElements(root)) {
    if (element === root || element === assertion) continue;
    if (names.includes(element.localName))
      throw malformed(`there is a second ${element.localName} inside of ${element.parentNode?.nodeName}`);
  }
  const ids = allElements(root).flatMap((element) =>
    ['ID', 'Id', 'id'].flatMap((name) => attributeOf(element, name) ?? []),
  );
  if (new Set(ids).size < ids.length) throw malformed('two elements have the same id');
}

/** A map: the sender names the elements, and an object has members that nobody put there. */
const allowed = new Map<string, readonly string[]>([
  [
    'SignatureMethod',
    [
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
    ],
  ],
  ['DigestMethod', ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512']],
  ['CanonicalizationMethod', ['http://www.w3.org/2001/10/xml-exc-c14n#']],
  [
    'Transform',
    ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
  ],
]);

/** Signatures stand in the element that they sign, once, and refer to it. @throws SsoError */
export function checkSignatures(root: Element): void {
  for (const signature of allElements(root).filter((one) => one.localName === 'Signature')) {
    const signed = signature.parentNode as Element;
    const isInPlace = signed === root || isNamed(signed, 'assertion', 'Assertion');
    if (!isNamed(signature, 'signature', 'Signature') || !isInPlace)
      throw malformed('there is a signature in the wrong place');
    if (childrenNamed(signed, 'signature', 'Signature').length > 1)
      throw malformed('an element is signed twice');
    checkSignature(signature, signed);
  }
}

function checkSignature(signature: Element, signed: Element): void {
  const infos = childrenNamed(signature, 'signature', 'SignedInfo');
  const references = infos.flatMap((info) => childrenNamed(info, 'signature', 'Reference'));
  const [reference] = references;
  // CVE-2025-29774 and CVE-2025-29775: of several of these, one was checked and another was used.
  if (infos.length !== 1 || references.length !== 1 || reference === undefined)
    throw malformed('a signature has not exactly one SignedInfo with one Reference');
  if (attributeOf(reference, 'URI') !== `#${attributeOf(signed, 'ID') ?? ''}` || !attributeOf(signed, 'ID'))
    throw malformed('a signature refers to another element than the one it stands in');
  const inside = allElements(signature);
  if (
    inside.some((one) =>
      ['Object', 'Manifest', 'HMACOutputLength', 'RetrievalMethod'].includes(one.localName),
    )
  )
    throw malformed('a signature holds more than a signature');
  for (const element of inside) {
    const algorithms = allowed.get(element.localName);
    const algorithm = attributeOf(element, 'Algorithm');
    if (algorithms && !algorithms.includes(algorithm ?? ''))
      throw refusedAlgorithm(element.localName, algorithm);
  }
  for (const value of inside.filter(({ localName }) =>
    ['DigestValue', 'SignatureValue'].includes(localName),
  )) {
    if (elementsIn(value).length > 0) throw malformed(`${value.localName} holds more than text`);
  }
}

function refusedAlgorithm(what: string, algorithm: string | undefined): SsoError {
  return new SsoError(
    'algorithm_refused',
    `${what} is ${algorithm ?? 'missing'}, which is not accepted: let the identity provider sign by RSA with SHA-256 or SHA-512, with exclusive canonicalisation`,
  );
}

function malformed(detail: string): SsoError {
  return new SsoError('response_malformed', detail);
}

/** Turns what the parser or the shape refuses into the error of a login. */
export function orMalformed<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RefusedXml) throw malformed(error.message);
    throw error;
  }
}
