/** Reads for the overview how many clients there are, and when the certificates end that they are registered with. */
import { X509Certificate } from 'node:crypto';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Client } from './client.ts';

interface ClientCertificate {
  clientId: string;
  /** Entity id of the issuer of SAML assertions whose signature it verifies. */
  issuer: string;
  endsAtMs: number;
}

/** Of each issuer the certificate that ends last: before that there is one that is still good. */
export async function listClientCertificates(db: Queryable): Promise<ClientCertificate[]> {
  const { rows } = await db.query<{ client_id: string; saml_bearer: Client['samlBearer'] }>({
    name: 'list_client_certificates',
    text: `SELECT client_id, saml_bearer FROM auth.clients WHERE saml_bearer <> '{"issuers": []}' ORDER BY client_id`,
  });
  return rows.flatMap(({ client_id: clientId, saml_bearer: { issuers } }) =>
    issuers.map(({ issuer, certificates }) => ({
      clientId,
      issuer,
      endsAtMs: Math.max(...certificates.map((pem) => new X509Certificate(pem).validToDate.getTime())),
    })),
  );
}

export async function countClients(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: string }>({
    name: 'count_clients',
    text: 'SELECT count(*) AS count FROM auth.clients',
  });
  return Number(rows[0]?.count ?? 0);
}
