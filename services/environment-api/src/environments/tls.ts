/** Checks, merges and seals the TLS settings of the link to the Configuration Servers. The private key is write-only. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Environment } from '@gatehouse/contracts/environment-administration';
import { type ConfigServerTlsView, tlsKeyPlace } from '@gatehouse/contracts/environment-api';
import { checkedBy } from '@gatehouse/contracts/resource';
import { environment, tlsFields } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { badRequest } from '@gatehouse/service-kit/errors';
import { z } from 'zod';

const certificateBlock = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

const { ca, mutual } = tlsFields;
const { cert, key } = mutual.unwrap().unwrap().shape;

/** Keeps the certificates and drops the comments that programs write around them. */
function certificates(given: z.ZodString) {
  return given.transform((text, context) => {
    const problem = certificateProblem(text);
    if (problem !== undefined) {
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    }
    return `${blocksOf(text).join('\n')}\n`;
  });
}

export const mutualTlsSchema = z.object({ cert: checkedBy(cert, certificates(cert)), key });

export const checkedTlsFields = {
  ...tlsFields,
  ca: checkedBy(ca, certificates(ca.unwrap().unwrap()).nullish()),
  mutual: checkedBy(mutual, mutualTlsSchema.nullish()),
};

export const tlsField = checkedBy(environment.fields.tls, z.object(checkedTlsFields).nullish());

export type TlsPatch = z.output<typeof tlsField>;

export function shownTls({ mutual, ...tls }: ConfigServerTlsView): NonNullable<Environment['tls']> {
  return { ...tls, ...definedOnly({ mutual: mutual && { cert: mutual.cert } }) };
}

export function createTlsMerge(secretBox: SecretBox) {
  /** The TLS settings after the patch. @throws AppError 400 for an invalid key, or one of another certificate */
  return (
    environmentId: string,
    present: ConfigServerTlsView | undefined,
    patch: TlsPatch,
  ): ConfigServerTlsView | undefined => {
    if (patch === undefined) return present;
    if (patch === null) return undefined;
    const ca = patch.ca === undefined ? present?.ca : patch.ca;
    const serverName = patch.serverName === undefined ? present?.serverName : patch.serverName;
    const mutual =
      patch.mutual === undefined
        ? present?.mutual
        : patch.mutual && mergeMutual(environmentId, present?.mutual, patch.mutual);
    const tls = definedOnly({
      ca: ca ?? undefined,
      serverName: serverName ?? undefined,
      mutual: mutual ?? undefined,
    });
    return Object.keys(tls).length === 0 ? undefined : tls;
  };

  function mergeMutual(
    environmentId: string,
    present: ConfigServerTlsView['mutual'],
    { cert, key: text }: z.output<typeof mutualTlsSchema>,
  ): ConfigServerTlsView['mutual'] {
    const place = tlsKeyPlace(environmentId);
    const stored = present && createPrivateKey(secretBox.open(present.keyEnvelope, place));
    const key = text === undefined ? stored : readPrivateKey(text);
    if (key === undefined)
      throw badRequest('A client certificate needs its private key', {
        field: keyField,
        reason: 'missing',
      });
    if (!new X509Certificate(cert).checkPrivateKey(key)) {
      throw badRequest('The private key does not belong to the first certificate of tls.mutual.cert', {
        field: keyField,
        reason: 'no_key',
      });
    }
    const isKept = present !== undefined && stored?.equals(key);
    const keyEnvelope = isKept
      ? present.keyEnvelope
      : secretBox.seal(key.export({ type: 'pkcs8', format: 'pem' }), place);
    return { cert, keyEnvelope };
  }
}

const keyField = 'data.tls.mutual.key';

function readPrivateKey(text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    // The reason is not answered: it may reveal parts of the key.
    throw badRequest(
      /ENCRYPTED/.test(text)
        ? 'tls.mutual.key is locked by a passphrase: give it without one, it is stored encrypted'
        : 'tls.mutual.key must be a private key in PEM: -----BEGIN PRIVATE KEY----- …',
      { field: keyField, reason: 'no_key' },
    );
  }
}

function blocksOf(text: string): string[] {
  return text.match(certificateBlock) ?? [];
}

function certificateProblem(text: string): string | undefined {
  if (text.includes('PRIVATE KEY-----'))
    return 'must hold certificates alone: a private key goes into tls.mutual.key';
  const blocks = blocksOf(text);
  if (blocks.length === 0) return 'must be in PEM: -----BEGIN CERTIFICATE----- …';
  const wrong = blocks.findIndex((block) => !isCertificate(block));
  return wrong === -1 ? undefined : `has no certificate in the PEM block number ${wrong + 1}`;
}

function isCertificate(block: string): boolean {
  try {
    new X509Certificate(block);
    return true;
  } catch {
    return false;
  }
}
