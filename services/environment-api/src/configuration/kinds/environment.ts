/** Documents of environments. */
import type { LdapSettings } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { readList } from '../../environments/config-server.ts';
import { registryOf } from '../../environments/discovery.ts';
import { type Environment, shownLdap } from '../../environments/environment.ts';
import {
  changedEnvironmentFields,
  checkedNewEnvironment,
  type EnvironmentPatch,
  type NewEnvironment,
} from '../../environments/schemas.ts';
import type { EnvironmentService } from '../../environments/service.ts';
import { shownTls } from '../../environments/tls.ts';
import type { GivenSecrets, Kind, Thing, Wanted } from '../thing.ts';

const changeSchema = changedEnvironmentFields.strict();

export function createEnvironmentKind(environments: EnvironmentService): Kind {
  return {
    list: ({ environments }) => environments.map(thingOf),
    read({ document, present, id }) {
      const { configServers, ...given } = document.spec;
      const { name } = document.metadata;
      const patch = changeSchema.parse({
        ...given,
        ...(configServers !== undefined && { configServers: withoutIds(configServers) }),
        name,
      });
      return { spec: canonicalOf(patch, present), patch: { ...patch, id } };
    },
    async write({ context }, wanted, { patch }, secrets) {
      const { id, present, document } = wanted;
      if (present === undefined) {
        const { configServers, ...spec } = document.spec;
        const whole = withSecrets(
          { ...spec, ...(configServers !== undefined && { configServers: withoutIds(configServers) }) },
          secrets.changed,
        );
        const fields = checkedNewEnvironment.parse({ ...whole, id, name: document.metadata.name });
        await environments.create(context, fields as NewEnvironment);
        return;
      }
      const { id: _id, ...fields } = patch;
      await environments.change(
        context,
        id,
        withSecrets(fields, secrets.changed) as EnvironmentPatch,
        storedOf(wanted, secrets),
      );
    },
    remove: ({ context }, { id }) => environments.remove(context, id),
  };
}

function thingOf(environment: Environment): Thing {
  const { id, name, tls, ldap, configServers, passwordEnvelope, username, tenant } = environment;
  const { connectionProtocol, localTimeout, remoteTimeout, traceMode, appName, tlsEnabled, directory } =
    environment;
  return {
    kind: 'Environment',
    metadata: { name },
    id,
    contactCenterId: undefined,
    spec: definedOnly({
      directory,
      // Empty where there are no Configuration Servers.
      username: username || undefined,
      tenant: tenant || undefined,
      connectionProtocol,
      localTimeout,
      remoteTimeout,
      traceMode,
      appName,
      tlsEnabled,
      tls: tls && shownTls(tls),
      ...registryOf(environment),
      configServers: withoutIds(configServers),
      ldap: ldap && shownLdap(ldap),
    }),
    secrets: definedOnly({
      password: passwordEnvelope || undefined,
      'ldap.bindPassword': ldap?.bindPasswordEnvelope || undefined,
      'tls.mutual.key': tls?.mutual?.keyEnvelope,
    }),
  };
}

/** In the form in which they are stored. @throws AppError 400 for half a backup server */
function canonicalOf(patch: EnvironmentPatch, present: Thing | undefined): Record<string, unknown> {
  const { name: _name, configServers, ldap, ...fields } = patch;
  return definedOnly({
    ...fields,
    configServers: configServers && withoutIds(readList(configServers, [])),
    ldap: ldap && definedOnly({ ...ldap, servers: serversOf(patch, present) }),
  });
}

/** With the port that an entry without one gets. */
function serversOf({ ldap, tlsEnabled }: EnvironmentPatch, present: Thing | undefined) {
  const stored = present?.spec['ldap'] as LdapSettings | undefined;
  const isEncrypted = tlsEnabled ?? (present?.spec['tlsEnabled'] as boolean | undefined) ?? true;
  const port = isEncrypted && !(ldap?.startTls ?? stored?.startTls) ? 636 : 389;
  return ldap?.servers?.map((one) => ({ ...one, port: one.port ?? port }));
}

/** Servers are known by their address: documents have no ids. */
function withoutIds(servers: unknown): unknown {
  if (!Array.isArray(servers)) return servers;
  return servers.map((one) => {
    if (typeof one !== 'object' || one === null) return one;
    const { id: _id, ...rest } = one as Record<string, unknown>;
    return rest;
  });
}

/** Each at its place. */
function withSecrets(fields: Record<string, unknown>, secrets: GivenSecrets['changed']) {
  const { password, 'ldap.bindPassword': bindPassword, 'tls.mutual.key': key } = secrets;
  const { tls, ldap } = fields as { tls?: { mutual?: object | null } | null; ldap?: object | null };
  return {
    ...fields,
    ...definedOnly({ password }),
    ...(bindPassword !== undefined && { ldap: { ...ldap, bindPassword } }),
    ...(key !== undefined && tls?.mutual && { tls: { ...tls, mutual: { ...tls.mutual, key } } }),
  };
}

/** The stored secret, sent again: a change that leads it elsewhere needs it. */
function storedOf({ present }: Wanted, { same }: GivenSecrets) {
  const name = present?.spec['ldap'] === undefined ? 'password' : 'ldap.bindPassword';
  return { storedPassword: same[name], field: `secrets.${name}` };
}
