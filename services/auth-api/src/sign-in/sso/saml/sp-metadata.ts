/** Builds our SAML metadata for an identity provider (SAML metadata section 2.4.4); it is available before single sign-on is set up. */
import type { SsoKey } from '../keys/service.ts';
import { announcedAlgorithms } from './encrypted-assertion.ts';
import type { SamlEntity } from './entity.ts';

export interface SpMetadata {
  entity: SamlEntity;
  signing: readonly SsoKey[];
  encryption: readonly SsoKey[];
  nameIdFormat?: string | undefined;
  requestsSigned: boolean;
  /** Document id, for the signature. */
  id: string;
}

const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
const bindings = {
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
};
export function renderSpMetadata({
  entity,
  signing,
  encryption,
  nameIdFormat,
  requestsSigned,
  id,
}: SpMetadata): string {
  const slo = (binding: string) =>
    `<md:SingleLogoutService Binding="${binding}" Location="${xmlText(entity.sloUrl)}"/>`;
  const descriptors = [
    ...signing.map((key) => descriptor('signing', key)),
    ...encryption.map((key) => descriptor('encryption', key)),
  ];
  const format =
    nameIdFormat === undefined ? '' : `\n    <md:NameIDFormat>${xmlText(nameIdFormat)}</md:NameIDFormat>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" ID="${xmlText(id)}" entityID="${xmlText(entity.entityId)}">
  <md:SPSSODescriptor AuthnRequestsSigned="${requestsSigned}" WantAssertionsSigned="true" protocolSupportEnumeration="${protocol}">
${descriptors.join('\n')}
    ${slo(bindings.redirect)}
    ${slo(bindings.post)}${format}
    <md:AssertionConsumerService Binding="${bindings.post}" Location="${xmlText(entity.acsUrl)}" index="0" isDefault="true"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>
`;
}

function descriptor(use: 'signing' | 'encryption', { certificate }: SsoKey): string {
  const methods =
    use === 'signing'
      ? ''
      : announcedAlgorithms.map((method) => `\n      <md:EncryptionMethod Algorithm="${method}"/>`).join('');
  const base64 = certificate.replace(/-----[^-]+-----/g, '').replace(/\s+/g, '');
  return `    <md:KeyDescriptor use="${use}">
      <ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>${methods}
    </md:KeyDescriptor>`;
}

/** For identity providers that ask for it. */
export async function signMetadata(xml: string, key: SsoKey): Promise<string> {
  const { SignedXml } = await import('xml-crypto');
  const signature = new SignedXml({
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  });
  const root = "/*[local-name(.)='EntityDescriptor']";
  signature.addReference({
    xpath: root,
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: [
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'http://www.w3.org/2001/10/xml-exc-c14n#',
    ],
  });
  signature.computeSignature(xml, { location: { reference: root, action: 'prepend' } });
  return signature.getSignedXml();
}

function xmlText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
