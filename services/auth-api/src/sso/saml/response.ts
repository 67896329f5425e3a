/** Verifies a posted response: shape, signature, then content. Nothing unsigned is read as content. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { SsoError } from '../failure.ts';
import type { SsoKeys } from '../keys/service.ts';
import type { SamlSignOn } from '../settings.ts';
import { type VerifiedAssertion, verifyAssertion } from './assertion.ts';
import { openAssertion } from './decrypt.ts';
import type { SamlEntity } from './entity.ts';
import type { IdentityProvider } from './idp-metadata.ts';
import { verifyResponse } from './library.ts';
import { checkDecrypted, orMalformed, type ShapedResponse, shapeOf } from './response-shape.ts';
import { attributeOf, childNamed, parseXml, textOf } from './xml.ts';

/** A document; nothing of it is believed yet. */
export interface PostedResponse {
  encoded: string;
  root: Element;
  /** Id of the request that it says it answers. */
  inResponseTo: string | undefined;
}

export interface ResponseExpectation {
  settings: SamlSignOn;
  entity: SamlEntity;
  provider: IdentityProvider;
  inResponseTo: string | undefined;
}

export type Responses = ReturnType<typeof createResponses>;

const maxResponse = 256 * 1024;
const xmlLimits = { longest: maxResponse };

/** @throws SsoError */
export function readResponse(encoded: string): PostedResponse {
  const compact = encoded.replace(/\s+/g, '');
  if (compact.length > maxResponse || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact))
    throw new SsoError('response_malformed', 'SAMLResponse is missing, too long, or no base64');
  const xml = Buffer.from(compact, 'base64').toString('utf8');
  return orMalformed(() => {
    const root = parseXml(xml, xmlLimits);
    return { encoded: compact, root, inResponseTo: attributeOf(root, 'InResponseTo') };
  });
}

export function createResponses({ keys, now }: { keys: Pick<SsoKeys, 'decryption'>; now: Clock }) {
  return {
    /** @throws SsoError */
    async verify(
      { encoded, root }: PostedResponse,
      expected: ResponseExpectation,
    ): Promise<VerifiedAssertion> {
      const { settings, entity, provider } = expected;
      const shaped = orMalformed(() => shapeOf(root));
      checkEnvelope(shaped, expected);
      const opened = shaped.isEncrypted
        ? await openAssertion(shaped.assertion, keys.decryption())
        : undefined;
      if (opened) orMalformed(() => checkDecrypted(parseXml(opened.xml, xmlLimits)));
      if (settings.encryptAssertions && !shaped.isEncrypted)
        throw new SsoError(
          'response_malformed',
          'the assertion is not encrypted, and encryptAssertions is set',
        );
      const signed = await verifyResponse(encoded, {
        entity,
        provider,
        // One that is there must hold, whether it is asked for or not.
        responseSigned: settings.requireSignedResponse || shaped.hasSignature,
        decryptionKey: opened?.key.privateKey,
      }).catch((error: unknown) => {
        throw new SsoError(
          'signature_invalid',
          `no certificate of the metadata verifies it: ${(error as Error).message}`,
          error,
        );
      });
      // What was verified is parsed anew: nothing of the document around it takes part.
      return orMalformed(() =>
        verifyAssertion(parseXml(signed, xmlLimits), {
          settings,
          issuer: provider.entityId,
          audience: entity.entityId,
          recipient: entity.acsUrl,
          inResponseTo: expected.inResponseTo,
          nowMs: now(),
        }),
      );
    },
  };
}

/** The response around the assertion, which may be unsigned: it can only be a reason to refuse. */
function checkEnvelope(
  { response, hasSignature }: ShapedResponse,
  { entity, provider, settings }: ResponseExpectation,
): void {
  const destination = attributeOf(response, 'Destination');
  const isMissing = destination === undefined && (hasSignature || settings.requireSignedResponse);
  if (isMissing || (destination !== undefined && destination !== entity.acsUrl))
    throw new SsoError(
      'wrong_destination',
      `the Destination is ${destination ?? 'missing'}, expected ${entity.acsUrl}`,
    );
  const issuer = orMalformed(() => childNamed(response, 'assertion', 'Issuer'));
  const issuerText = issuer && orMalformed(() => textOf(issuer));
  if (issuerText !== undefined && issuerText !== provider.entityId)
    throw new SsoError('wrong_issuer', `the issuer is ${issuerText}, the metadata says ${provider.entityId}`);
}
