/** Tells when the certificates of environments end; each is read again only when its environment has changed. */
import { X509Certificate } from 'node:crypto';
import type { Ending } from '@gatehouse/contracts/answers';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { listEnvironmentsWithCertificates, readCertificates } from './store.ts';

interface Known {
  version: string;
  endings: Ending[];
}

/** So many are read and parsed in one turn. */
const pageSize = 100;

export function createEnvironmentCertificates(db: Queryable) {
  let known = new Map<string, Known>();

  /** @throws Error while PostgreSQL is away */
  return async (): Promise<Ending[]> => {
    const current = await listEnvironmentsWithCertificates(db);
    const next = new Map<string, Known>();
    const unread: string[] = [];
    for (const { id, version } of current) {
      const before = known.get(id);
      if (before?.version === version) next.set(id, before);
      else unread.push(id);
    }
    for (let from = 0; from < unread.length; from += pageSize) {
      for (const { id, version, ca, cert } of await readCertificates(db, unread.slice(from, from + pageSize)))
        next.set(id, { version, endings: endingsOf(id, ca, cert) });
    }
    known = next;
    // A new name alone changes no version.
    return current.flatMap(
      ({ id, name }) => next.get(id)?.endings.map((ending) => ({ ...ending, name })) ?? [],
    );
  };
}

function endingsOf(id: string, ca: string | null, cert: string | null): Ending[] {
  const endings: Ending[] = [];
  const common = { name: id, renewsItself: false, environmentId: id };
  // The certificate itself comes first, its chain after it.
  const [own] = endsOf(cert);
  if (own !== undefined) endings.push({ kind: 'config-server-certificate', endsAt: own, ...common });
  // The last one counts: before that there is an authority that is still good.
  const last = endsOf(ca).toSorted().at(-1);
  if (last !== undefined) endings.push({ kind: 'certificate-authority', endsAt: last, ...common });
  return endings;
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function endsOf(pem: string | null): string[] {
  return (pem?.match(certificateBlock) ?? []).map((block) =>
    new X509Certificate(block).validToDate.toISOString(),
  );
}
