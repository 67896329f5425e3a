/** Reads what we use of an identity provider's metadata (SAML metadata section 2.4.3). */
import { X509Certificate } from 'node:crypto';
import { weaknessOfCertificate } from '@gatehouse/service-kit/crypto';
import { optional } from '../../../core/protocol/parameters.ts';
import { isBrowserAddress } from '../browser-address.ts';
import { SsoError } from '../failure.ts';
import { signedMetadata } from './metadata-signature.ts';
import {
  allElements,
  attributeOf,
  childrenNamed,
  instantOf,
  isNamed,
  parseXml,
  RefusedXml,
  textOf,
} from './xml.ts';

export interface IdentityProvider {
  entityId: string;
  /** Where requests go, by binding. */
  signOnRedirect?: string;
  signOnPost?: string;
  logoutRedirect?: string;
  /** Where answers to its logout requests go, if that is another address. */
  logoutResponse?: string;
  /** PEM; any of them may have signed. */
  certificates: string[];
  /** Ends of validity, of all certificates. */
  certificateEndsMs: number[];
  wantsSignedRequests: boolean;
  /** The document must not be used after that. */
  validUntilMs?: number;
  cacheDurationMs?: number;
}

export const maxMetadata = 512 * 1024;

const bindings = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
};

const limits = { longest: maxMetadata };

/**
 * @param certificate PEM; where there is one, it must have signed the document.
 * @throws SsoError metadata_unusable that says what to change
 */
export function readIdpMetadata(xml: string, certificate?: string): IdentityProvider {
  const document = withoutTheHarmless(xml);
  try {
    const trusted = certificate === undefined ? document : signedMetadata(document, certificate, limits);
    return read(parseXml(trusted, limits));
  } catch (error) {
    if (error instanceof RefusedXml) throw unusable(error.message);
    if (error instanceof SsoError && error.reason !== 'metadata_unusable') throw unusable(error.detail ?? '');
    throw error;
  }
}

/** Written by people: a byte order mark and comments are of no consequence here. Signatures do not cover them (exclusive c14n). */
function withoutTheHarmless(xml: string): string {
  const text = xml.replace(/^\uFEFF/, '').trimStart();
  const parts: string[] = [];
  let at = 0;
  // No pattern: over comments that never end it would look for the end again and again.
  for (let start = text.indexOf('<!--'); start >= 0; start = text.indexOf('<!--', at)) {
    const end = text.indexOf('-->', start + 4);
    if (end < 0) break;
    parts.push(text.slice(at, start));
    at = end + 3;
  }
  return [...parts, text.slice(at)].join('');
}

function read(root: Element): IdentityProvider {
  const entities = allElements(root).filter((one) => isNamed(one, 'metadata', 'EntityDescriptor'));
  const providers = entities.filter((one) => childrenNamed(one, 'metadata', 'IDPSSODescriptor').length > 0);
  const [entity, ...more] = providers;
  if (entity === undefined) throw unusable('it describes no identity provider (IDPSSODescriptor)');
  if (more.length > 0)
    throw unusable(
      `it describes ${providers.length} identity providers: give the metadata of the one that is meant`,
    );
  const [descriptor] = childrenNamed(entity, 'metadata', 'IDPSSODescriptor');
  const entityId = attributeOf(entity, 'entityID') ?? '';
  if (descriptor === undefined || entityId === '') throw unusable('its EntityDescriptor has no entityID');
  const certificates = certificatesOf(descriptor);
  const signOn = (binding: string) => addressOf(descriptor, 'SingleSignOnService', binding, 'Location');
  const provider = {
    entityId,
    ...optional('signOnRedirect', signOn(bindings.redirect)),
    ...optional('signOnPost', signOn(bindings.post)),
    ...optional(
      'logoutRedirect',
      addressOf(descriptor, 'SingleLogoutService', bindings.redirect, 'Location'),
    ),
    ...optional(
      'logoutResponse',
      addressOf(descriptor, 'SingleLogoutService', bindings.redirect, 'ResponseLocation'),
    ),
    certificates: certificates.map((certificate) => certificate.toString()),
    certificateEndsMs: certificates.map((certificate) => certificate.validToDate.getTime()),
    wantsSignedRequests: attributeOf(descriptor, 'WantAuthnRequestsSigned') === 'true',
    ...optional('validUntilMs', earliestEnd([root, entity, descriptor])),
    ...optional(
      'cacheDurationMs',
      durationOf(attributeOf(entity, 'cacheDuration') ?? attributeOf(root, 'cacheDuration')),
    ),
  };
  if (provider.signOnRedirect === undefined && provider.signOnPost === undefined)
    throw unusable('it names no SingleSignOnService with the binding HTTP-Redirect or HTTP-POST');
  return provider;
}

/** Keys that sign; certificates are only what the keys come in, so an expired one still counts (and is warned of). */
function certificatesOf(descriptor: Element): X509Certificate[] {
  const keys = childrenNamed(descriptor, 'metadata', 'KeyDescriptor').filter(
    (key) => (attributeOf(key, 'use') ?? 'signing') === 'signing',
  );
  const texts = keys
    .flatMap((key) => allElements(key))
    .filter((element) => isNamed(element, 'signature', 'X509Certificate'))
    .map((element) => textOf(element).replace(/\s+/g, ''));
  if (texts.length === 0) throw unusable('it holds no signing certificate (KeyDescriptor use="signing")');
  const read = texts.map((text) => {
    const certificate = certificateOf(text);
    return { certificate, weakness: weaknessOfCertificate(certificate) };
  });
  const usable = read.flatMap(({ certificate, weakness }) => (weakness === undefined ? certificate : []));
  if (usable.length === 0)
    throw unusable(`none of its signing certificates can be used: the key ${read[0]?.weakness}`);
  return usable;
}

function certificateOf(text: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(text, 'base64'));
  } catch {
    throw unusable(`one of its signing certificates cannot be read: ${text.slice(0, 24)}…`);
  }
}

function addressOf(
  descriptor: Element,
  service: string,
  binding: string,
  attribute: string,
): string | undefined {
  const [found] = childrenNamed(descriptor, 'metadata', service).filter(
    (one) => attributeOf(one, 'Binding') === binding,
  );
  const address = found && attributeOf(found, attribute);
  if (address === undefined || isBrowserAddress(address)) return address;
  throw unusable(`the ${attribute} of its ${service} is ${address}, which is no https address`);
}

function earliestEnd(elements: Element[]): number | undefined {
  const ends = elements.flatMap((element) => instantOf(attributeOf(element, 'validUntil')) ?? []);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** Days and shorter of an XML Schema duration; what is longer or stranger counts as none. */
function durationOf(text: string | undefined): number | undefined {
  const [matched, days = '0', hours = '0', minutes = '0', seconds = '0'] =
    /^P(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})(?:\.\d+)?S)?)?$/.exec(text ?? '') ?? [];
  if (matched === undefined) return undefined;
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

function unusable(detail: string): SsoError {
  return new SsoError('metadata_unusable', `metadata of the identity provider: ${detail}`);
}
