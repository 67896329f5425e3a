/**
 * Creates requests and verifies signatures with the SAML library; no other file uses it. `assertion.ts` checks the content of
 * what it verified. The first message loads it: it takes 20 MiB, which an installation without SAML does not spend.
 */
import { definedOnly } from '@gatehouse/contracts/values';
import type { SAML, SamlConfig } from '@node-saml/node-saml';
import type { ProviderSession } from '../../../browser/sessions/session.ts';
import type { SsoKey } from '../keys/service.ts';
import type { ProviderRequest } from '../protocol.ts';
import type { SamlEntity } from './entity.ts';
import type { IdentityProvider } from './idp-metadata.ts';

export interface AuthnRequest {
  entity: SamlEntity;
  provider: IdentityProvider;
  id: string;
  binding: 'post' | 'redirect';
  /** Undefined: not signed. */
  key: SsoKey | undefined;
  nameIdFormat: string | undefined;
  forceAuthn: boolean;
  contexts: readonly string[];
}

/** Where, and with what, the browser goes to the identity provider (SAML bindings sections 3.4 and 3.5). */
export async function makeAuthnRequest(request: AuthnRequest): Promise<ProviderRequest> {
  const { provider, binding, contexts } = request;
  const destination = binding === 'post' ? provider.signOnPost : provider.signOnRedirect;
  const saml = await create(request.entity, provider, {
    entryPoint: destination ?? '',
    generateUniqueId: () => request.id,
    identifierFormat: request.nameIdFormat ?? null,
    forceAuthn: request.forceAuthn,
    authnContext: [...contexts],
    disableRequestedAuthnContext: contexts.length === 0,
    // Only the redirect binding deflates (section 3.4.4.1).
    skipRequestCompression: binding === 'post',
    ...signedBy(request.key),
  });
  if (binding === 'redirect')
    return { kind: 'redirect', location: await saml.getAuthorizeUrlAsync('', undefined, {}) };
  const fields = await saml.getAuthorizeMessageAsync('', undefined, {});
  return { kind: 'form', action: destination ?? '', fields: fields as Record<string, string> };
}

/**
 * The very bytes of the element that were signed, as XML. Times, audience and all the rest are not checked.
 * @throws Error when its signature is missing, or no certificate verifies it
 */
export async function verifySigned(
  xml: string,
  element: Element,
  certificates: readonly string[],
): Promise<string> {
  const { getVerifiedXml } = await import('@node-saml/node-saml/lib/xml.js');
  const signed = getVerifiedXml(xml, element, [...certificates]);
  if (signed === null) throw new Error(`the signature of ${element.localName} is missing or does not hold`);
  return signed;
}

/** @throws Error when the posted request is not signed as a whole */
export async function verifyPostedRequest(
  encoded: string,
  expected: { entity: SamlEntity; provider: IdentityProvider },
): Promise<void> {
  const saml = await create(expected.entity, expected.provider, {});
  await saml.validatePostRequestAsync({ SAMLRequest: encoded });
}

export interface LogoutMessage {
  entity: SamlEntity;
  provider: IdentityProvider;
  /** Where it is sent by redirect. */
  destination: string;
  id: string;
  key: SsoKey;
  relayState?: string | undefined;
}

export async function makeLogoutRequest(message: LogoutMessage, session: ProviderSession): Promise<string> {
  const { nameIdFormat, nameQualifier, spNameQualifier, sessionIndex } = session;
  const saml = await logoutBy(message);
  return saml.getLogoutUrlAsync(
    {
      issuer: message.provider.entityId,
      nameID: session.subject,
      nameIDFormat: nameIdFormat ?? 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
      ...definedOnly({ nameQualifier, spNameQualifier, sessionIndex }),
    },
    message.relayState ?? '',
    {},
  );
}

export async function makeLogoutResponse(
  message: LogoutMessage,
  inResponseTo: string,
  succeeded: boolean,
): Promise<string> {
  const saml = await logoutBy(message);
  return saml.getLogoutResponseUrlAsync(
    { ID: inResponseTo, issuer: message.provider.entityId, nameID: '', nameIDFormat: '' },
    message.relayState ?? '',
    {},
    succeeded,
  );
}

function logoutBy({ entity, provider, destination, id, key }: LogoutMessage): Promise<SAML> {
  return create(entity, provider, {
    entryPoint: destination,
    logoutUrl: destination,
    generateUniqueId: () => id,
    ...signedBy(key),
  });
}

function signedBy(key: SsoKey | undefined): Partial<SamlConfig> {
  if (key === undefined) return {};
  return {
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
  };
}

async function create(
  entity: SamlEntity,
  provider: IdentityProvider,
  options: Partial<SamlConfig>,
): Promise<SAML> {
  const library = await import('@node-saml/node-saml');
  return new library.SAML({
    issuer: entity.entityId,
    callbackUrl: entity.acsUrl,
    idpCert: provider.certificates,
    ...options,
  } as SamlConfig);
}
