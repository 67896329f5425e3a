/** Writes the environments of a document, with their secrets. */

import {
  bindPasswordPlace,
  type ConfigServerTlsView,
  passwordPlace,
  peopleSources,
  tlsKeyPlace,
} from '@gatehouse/contracts/environment-api';
import { defaultTenant } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { WriteContext } from '../changes/writer.ts';
import type { Environment } from '../environments/environment.ts';
import { mergeLdap } from '../environments/ldap.ts';
import type { EnvironmentService } from '../environments/service.ts';
import type { TlsPatch } from '../environments/tls.ts';
import type { InstallationDocument } from './document.ts';
import type { ReadSecret } from './import-secrets.ts';

type WantedEnvironment = InstallationDocument['environments'][number];

interface Job {
  context: WriteContext;
  db: Queryable;
  keptSecrets: string[];
}

// Fields without a default are removed when the document does not have them.
const tlsAbsent = { ca: null, serverName: null, mutual: null };
const registryAbsent = { consulService: null, srvRecord: null };

export function createEnvironmentImport({
  environments,
  readSecret,
}: {
  environments: EnvironmentService;
  readSecret: ReadSecret;
}) {
  async function tlsPatchOf(
    job: Job,
    id: string,
    { mutual, ...tls }: NonNullable<WantedEnvironment['tls']>,
    stored: ConfigServerTlsView | undefined,
    field: string,
  ): Promise<TlsPatch> {
    if (!mutual) return { ...tlsAbsent, ...tls };
    const { cert } = mutual;
    const place = tlsKeyPlace(id);
    const { changed: key } = await readSecret(job, mutual.key, field, stored?.mutual?.keyEnvelope, place);
    return { ...tlsAbsent, ...tls, mutual: definedOnly({ cert, key }) };
  }

  /** The password of the account that reads people. */
  async function accountSecret(
    job: Job,
    { id, password, ldap }: WantedEnvironment,
    before: Environment | undefined,
    at: string,
  ) {
    if (ldap?.bindPassword !== undefined) {
      const field = `${at}.ldap.bindPassword`;
      const stored = before?.ldap?.bindPasswordEnvelope;
      return { field, ...(await readSecret(job, ldap.bindPassword, field, stored, bindPasswordPlace(id))) };
    }
    const field = `${at}.password`;
    if (password === undefined) return { field };
    const stored = before?.passwordEnvelope || undefined;
    return { field, ...(await readSecret(job, password, field, stored, passwordPlace(id))) };
  }

  return async (
    job: Job,
    wanted: readonly WantedEnvironment[],
    present: readonly Environment[],
  ): Promise<void> => {
    const byId = new Map(present.map((one) => [one.id, one]));
    await environments.freeNames(job.db, movingNames(wanted, present));
    for (const [index, one] of wanted.entries()) {
      const at = `environments.${index}`;
      const { id, password: _password, tls: wantedTls, ldap: wantedLdap, ...fields } = one;
      const before = byId.get(id);
      const secret = await accountSecret(job, one, before, at);
      const tls = wantedTls
        ? await tlsPatchOf(job, id, wantedTls, before?.tls, `${at}.tls.mutual.key`)
        : null;
      const { bindPassword: _bindPassword, ...settings } = wantedLdap ?? {};
      // As a whole: what the document does not have gets its default, whatever is stored.
      const ldap = wantedLdap
        ? {
            ...mergeLdap(undefined, settings, fields.tlsEnabled),
            ...definedOnly({ bindPassword: secret.changed }),
          }
        : undefined;
      const whole = { ...fields, tls, ldap };
      if (before) {
        const tenant = peopleSources[fields.directory].hasTenants
          ? (fields.tenant ?? defaultTenant)
          : undefined;
        const password = wantedLdap ? undefined : secret.changed;
        const patch = { ...registryAbsent, ...whole, ...definedOnly({ tenant, password }) };
        const sent = { storedPassword: secret.stored, field: secret.field };
        await environments.change(job.context, id, patch, sent);
      } else {
        await environments.create(job.context, {
          ...whole,
          id,
          password: wantedLdap ? undefined : secret.changed,
        });
      }
    }
  };
}

/** Ids of environments whose names others will have. */
function movingNames(wanted: readonly WantedEnvironment[], present: readonly Environment[]): string[] {
  const keyOf = (name: string) => name.toLowerCase();
  const wantedBy = new Map(wanted.flatMap(({ id, name }) => (name === undefined ? [] : [[keyOf(name), id]])));
  return present.filter(({ id, name }) => (wantedBy.get(keyOf(name)) ?? id) !== id).map(({ id }) => id);
}
