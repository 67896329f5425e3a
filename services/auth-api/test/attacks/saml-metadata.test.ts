import { makeProviderKey } from '@gatehouse/testing/keys';
import { describe, expect, it } from 'vitest';
import { readIdpMetadata } from '../../src/sign-in/sso/saml/idp-metadata.ts';
import { comeBackHonestly, leave } from '../sign-in/sso/stack/saml-journey.ts';
import { idpMetadata, signXml } from '../sign-in/sso/stack/saml-provider.ts';
import { setSignOn } from '../sign-in/sso/stack/sign-on.ts';
import { publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { aimAtSaml, key, othersKey, stack, use } from './saml-target.ts';

aimAtSaml();

describe('63 · metadata of identity providers', () => {
  it.each<[string, string]>([
    ['a document type', `<!DOCTYPE x>${idpMetadata([])}`],
    [
      'a million entities',
      `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${'<EntityDescriptor entityID="a"/>'.repeat(1_000_000)}</EntitiesDescriptor>`,
    ],
    [
      'twenty thousand entities',
      `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${'<EntityDescriptor entityID="a"/>'.repeat(16_000)}</EntitiesDescriptor>`,
    ],
    [
      'more elements than any has',
      idpMetadata([makeProviderKey()], { extra: `<Extensions>${'<a/>'.repeat(25_000)}</Extensions>` }),
    ],
    ['no certificate', idpMetadata([])],
    ['no identity provider', '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"/>'],
    ['a certificate whose key has a small exponent', idpMetadata([makeProviderKey(undefined, 3)])],
    ['a certificate that is none', idpMetadata([{ privateKey: '', certificate: 'AAAA' }])],
    ['nothing', ''],
  ])('%s is refused with what is wrong', (_title, xml) => {
    expect(() => readIdpMetadata(xml)).toThrow(/identity provider cannot be used/);
  });

  describe('that must be signed', () => {
    const signer = makeProviderKey();
    const document = (attributes = 'ID="_metadata"') => idpMetadata([key], { attributes });
    const signed = (by = signer, options = {}) =>
      signXml(document(), by, { element: 'EntityDescriptor', ...options });
    const wrapped = () => {
      const evil = idpMetadata([othersKey], { attributes: 'ID="_evil"', entityId: 'https://evil.example' });
      return evil.replace('</EntityDescriptor>', `${signed()}</EntityDescriptor>`);
    };

    it('are taken when they are: as a whole, comments or not, by the certificate of the settings', () => {
      expect(readIdpMetadata(signed(), signer.certificate).entityId).toBe('https://idp.example.com/saml');
      const commented = signed().replace(
        '<IDPSSODescriptor',
        '<!-- a person wrote this --><IDPSSODescriptor',
      );
      expect(readIdpMetadata(commented, signer.certificate).certificates).toHaveLength(1);
    });

    // attack: forged or wrapped metadata of an identity provider | SAML metadata 3 | guard: services/auth-api/src/sign-in/sso/saml/metadata-signature.ts
    it.each<[string, () => string]>([
      ['not signed', document],
      ['signed by another', () => signed(makeProviderKey())],
      ['changed afterwards', () => signed().replace('https://idp.example.com/login', 'https://evil.example')],
      [
        'signed with SHA-1',
        () => signed(signer, { signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }),
      ],
      ['signed in a part only', wrapped],
      ['signed under another id', () => signed().replace('ID="_metadata"', 'ID="_another"')],
    ])('are refused when they are %s', (_title, xml) => {
      expect(() => readIdpMetadata(xml(), signer.certificate)).toThrow(/identity provider cannot be used/);
    });

    it('bring nobody in before, also where the same document was read without a signature', async () => {
      await use({ idpMetadataXml: document() });
      await leave(stack);
      await use({ idpMetadataXml: document(), idpMetadataCertificate: signer.certificate });
      const refused = await createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo');
      expect(refused.location).toMatch('error=sso_unavailable');
      await use({ idpMetadataXml: signed(), idpMetadataCertificate: signer.certificate });
      const leaving = await leave(stack);
      expect((await comeBackHonestly(leaving, key)).location).toBe(`${publicUrl}/auth/signed-in.html`);
    });
  });

  const manyAttributes = (count: number, form: (index: number) => string) =>
    `<EntityDescriptor ${Array.from({ length: count }, (_, index) => form(index)).join(' ')}>`;

  // attack: XML whose parser works with the square of its attributes | CWE-407, CVE-2003-1564 | guard: services/auth-api/src/sign-in/sso/saml/xml.ts
  it.each<[string, string]>([
    ['attributes of one element', `${manyAttributes(50_000, (index) => `a${index}=""`)}</EntityDescriptor>`],
    [
      'namespaces that every element inherits',
      `${manyAttributes(15_000, (index) => `xmlns:n${index}="u"`)}${'<a xmlns:b="c"/>'.repeat(15_000)}</EntityDescriptor>`,
    ],
    [
      'namespaces of many levels',
      `${manyAttributes(60, (index) => `xmlns:n${index}="u"`).repeat(60)}${'<a xmlns:b="c"/>'.repeat(15_000)}`,
    ],
  ])('66 · %s cost nothing', (_title, xml) => {
    const startedMs = performance.now();
    expect(() => readIdpMetadata(xml)).toThrow(
      expect.objectContaining({ detail: expect.stringContaining('more than 64 attributes') }),
    );
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it('66 · comments that never end cost nothing', () => {
    const startedMs = performance.now();
    expect(() => readIdpMetadata(`<EntityDescriptor>${'<!--'.repeat(130_000)}`)).toThrow();
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });

  it('two identity providers in one document are refused, one in a list is taken', () => {
    const one = idpMetadata([key]);
    const list = (content: string) =>
      `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${content}</EntitiesDescriptor>`;
    expect(readIdpMetadata(list(`<!-- one -->${one}`)).entityId).toBe('https://idp.example.com/saml');
    expect(() => readIdpMetadata(list(one + one))).toThrow();
  });

  // attack: expired metadata of an identity provider | SAML metadata 2.3.1 | guard: services/auth-api/src/sign-in/sso/saml/idp-source.ts
  it('counts for nothing after its validUntil', async () => {
    await use({ idpMetadataXml: idpMetadata([key], { attributes: 'validUntil="2020-01-01T00:00:00Z"' }) });
    const answer = await createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo');
    expect(answer.location).toMatch('error=sso_unavailable');
  });

  it('whose certificate ends within thirty days is warned of, and counted', async () => {
    const ending = makeProviderKey(new Date(Date.now() + 20 * 24 * 3_600_000));
    await use({ idpMetadataXml: idpMetadata([ending]) });
    await leave(stack);
    expect(stack.logged()).toContain('certificate_ends');
    expect(await stack.deps.kit.metrics.expose()).toMatch(
      /gatehouse_sso_certificate_not_after_seconds\{contactCenter="22222222[^}]*\} \d{10}/,
    );
  });

  it('71 · leads to no address of this network', async () => {
    const guarded = await startAuthApi();
    try {
      await setSignOn(guarded, { saml: { idpMetadataUrl: 'https://169.254.169.254/metadata' } });
      const answer = await createBrowser(guarded.app).get('/auth/v3/sso/start?tenant=demo');
      expect(answer.location).toMatch('error=sso_unavailable');
      expect(guarded.logged()).toContain('may not be called from here');
    } finally {
      await guarded.close();
    }
  });
});
