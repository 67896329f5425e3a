/** Verifies a posted response: shape, signature, then content. Nothing unsigned is read as content. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@gatehouse/service-kit/clock';
import { SsoError } from '../failure.ts';
import type { SsoKey, SsoKeys } from '../keys/service.ts';
import type { SamlSignOn } from '../settings.ts';
import { type VerifiedAssertion, verifyAssertion } from './assertion.ts';
import { openAssertion } from './decrypt.ts';
import { readEncryptedAssertion } from './encrypted-assertion.ts';
import type { SamlEntity } from './entity.ts';
import type { IdentityProvider } from './idp-metadata.ts';
import { verifySigned } from './library.ts';
import { checkDecrypted, orMalformed, type ShapedResponse, shapeOf } from './response-shape.ts';
import { attributeOf, childNamed, parseXml, textOf } from './xml.ts';

/** A document; nothing of it is believed yet. */
export interface PostedResponse {
  xml: string;
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
/** Longer than parsing and verifying what was decrypted takes. */
const failureMs = 250;

/** @throws SsoError */
export function readResponse(encoded: string): PostedResponse {
  const compact = encoded.replace(/\s+/g, '');
  if (compact.length > maxResponse || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact))
    throw new SsoError('response_malformed', 'SAMLResponse is missing, too long, or no base64');
  const xml = Buffer.from(compact, 'base64').toString('utf8');
  return orMalformed(() => {
    const root = parseXml(xml, xmlLimits);
    return { xml, root, inResponseTo: attributeOf(root, 'InResponseTo') };
  });
}

export function createResponses({ keys, now }: { keys: Pick<SsoKeys, 'decryption'>; now: Clock }) {
  return {
    /** @throws SsoError */
    async verify({ xml, root }: PostedResponse, expected: ResponseExpectation): Promise<VerifiedAssertion> {
      const { settings, entity, provider } = expected;
      const shaped = orMalformed(() => shapeOf(root));
      checkEnvelope(shaped, expected);
      // One that is there must hold, whether it is asked for or not; and before anything is decrypted.
      const isResponseSigned = settings.requireSignedResponse || shaped.hasSignature;
      if (isResponseSigned) await verifySignature(xml, root, provider);
      if (settings.encryptAssertions && !shaped.isEncrypted)
        throw new SsoError(
          'response_malformed',
          'the assertion is not encrypted, and encryptAssertions is set',
        );
      const signed = shaped.isEncrypted
        ? await verifyEncrypted(shaped.assertion, keys.decryption(), { provider, isResponseSigned })
        : await verifySignature(xml, shaped.assertion, provider);
      // The verified text is parsed anew: nothing of the document around it takes part.
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

/** @throws SsoError signature_invalid */
async function verifySignature(xml: string, element: Element, provider: IdentityProvider): Promise<string> {
  try {
    return await verifySigned(xml, element, provider.certificates);
  } catch (error) {
    throw new SsoError(
      'signature_invalid',
      `no certificate of the metadata verifies it: ${(error as Error).message}`,
      error,
    );
  }
}

async function verifyEncrypted(
  element: Element,
  keys: readonly SsoKey[],
  { provider, isResponseSigned }: { provider: IdentityProvider; isResponseSigned: boolean },
): Promise<string> {
  const encrypted = orMalformed(() => readEncryptedAssertion(element));
  const opened = openAssertion(encrypted, keys);
  const verifyOpened = async () => {
    const assertion = orMalformed(() => parseXml(opened, xmlLimits));
    orMalformed(() => checkDecrypted(assertion));
    return verifySignature(opened, assertion, provider);
  };
  const isProven = isResponseSigned || encrypted.cipher.endsWith('-gcm');
  return isProven ? verifyOpened() : refuseAlike(verifyOpened);
}

/**
 * A text in CBC that nothing proves can be changed by everybody who saw it. The answer whether the change is XML, or the
 * time of that answer, would open it byte by byte (Jager and Somorovsky, CCS 2011). So every failure is the same, after the same time.
 */
async function refuseAlike(work: () => Promise<string>): Promise<string> {
  const earliest = sleep(failureMs);
  try {
    return await work();
  } catch (error) {
    await earliest;
    const detail = (error as SsoError).detail ?? (error as Error).message;
    throw new SsoError('signature_invalid', `what was encrypted is not what was signed: ${detail}`, error);
  }
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
