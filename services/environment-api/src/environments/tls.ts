/** Merges and seals the TLS settings of the link to the Configuration Servers. The private key is write-only. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { tlsAnswerSchema } from '@gatehouse/contracts/environment-api/administration/environments';
import {
  type ConfigServerTlsView,
  tlsKeyPlace,
} from '@gatehouse/contracts/environment-api/config-server-tls';
import type { environmentChangeSchema } from '@gatehouse/contracts/resources/environment';
import type { mutualTlsSchema } from '@gatehouse/contracts/resources/environment-tls';
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import type { z } from 'zod';

export type TlsPatch = z.output<typeof environmentChangeSchema>['tls'];

export function shownTls({ mutual, ...tls }: ConfigServerTlsView): z.infer<typeof tlsAnswerSchema> {
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
