/** Describes an environment with each of its directories: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { directories } from '../environment-api/directory.ts';
import { classicTraceModes, type TraceMode } from '../environment-api/environment.ts';
import { checkedBy, field } from '../resource/field.ts';
import { changeShape } from '../resource/resource.ts';
import { flag, idSchema, integer } from '../scalar.ts';
import { label } from '../text.ts';
import { accountPassword, configServerListed } from './config-server.ts';
import { tlsFields } from './environment-tls.ts';
import { ldapFields } from './ldap.ts';

/** Name of the tenant on the Configuration Server where the caller names none. */
export const defaultTenant = 'Environment';

export const needsPrimary = 'must be a list with at least one server that has primaryAddress and primaryPort';

const modes = Object.keys(classicTraceModes) as TraceMode[];
const byAnyName = new Map<string, TraceMode>([
  ...modes.flatMap((mode): [string, TraceMode][] => [
    [mode, mode],
    [classicTraceModes[mode].toLowerCase(), mode],
  ]),
  ['cfgtmnotracemode', 'off'],
]);

const accepted = [...Object.values(classicTraceModes), ...modes];

/** Installers send the classic names; neutral names are stored. Either, in any case; the neutral one afterwards. */
const traceMode = z
  .string({ error: `must be one of ${accepted.join(', ')}` })
  .transform((text, context): TraceMode => {
    const mode = byAnyName.get(text.toLowerCase());
    if (mode) return mode;
    context.addIssue({ code: 'custom', message: `must be one of ${accepted.join(', ')}` });
    return z.NEVER;
  });

const recordName = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;

const keepAliveSeconds = () => integer(0, 3600).default(20);
const keepAliveHelp = 'Seconds without a sign of life; 0 = off.';

const directory = z
  .enum(directories, { error: `must be one of ${directories.join(', ')}` })
  .default('configServer');

export const environment = {
  name: 'environment',
  fields: {
    id: field(idSchema.optional(), {
      label: 'Identifier',
      help: 'Chosen by the caller, or left to us.',
      group: 'account',
      isFixed: true,
      isColumn: true,
    }),
    username: field(label().optional(), {
      label: 'User name',
      help: 'Service account at the Configuration Server. Needed with one.',
      group: 'account',
    }),
    password: field(accountPassword.optional(), {
      label: 'Password',
      help: 'Its password. Write-only; needed with a Configuration Server. A change of a server address, of a registry or to less TLS must bring it along.',
      group: 'account',
      isSecret: true,
    }),
    connectionProtocol: field(
      z
        .string()
        .transform((text) => text.toLowerCase())
        .pipe(z.enum(['addp'], { error: 'must be "addp"' }))
        .default('addp'),
      { label: 'Protocol of keep-alives', help: 'ADDP, in any case.', group: 'keepAlive' },
    ),
    localTimeout: field(keepAliveSeconds(), {
      label: 'Answer expected within',
      help: keepAliveHelp,
      group: 'keepAlive',
    }),
    remoteTimeout: field(keepAliveSeconds(), {
      label: 'The server expects us within',
      help: keepAliveHelp,
      group: 'keepAlive',
    }),
    traceMode: field(traceMode.default('off'), {
      label: 'Trace of keep-alives',
      help: `One of ${accepted.join(', ')}.`,
      group: 'keepAlive',
    }),
    tenant: field(label().optional(), {
      label: 'Tenant',
      help: `Name of the tenant on the Configuration Server; ${defaultTenant} without it.`,
      group: 'account',
      isColumn: true,
    }),
    appName: field(label().default('default'), {
      label: 'Application object',
      help: 'Name of the application object on the Configuration Server.',
      group: 'account',
    }),
    tlsEnabled: field(flag().default(true), {
      label: 'Require TLS',
      help: '`false` permits plaintext to this Configuration Server or LDAP directory.',
      group: 'encryption',
      isColumn: true,
    }),
    tls: field(z.object(tlsFields).nullish(), {
      label: 'TLS',
      help: 'Counts while tlsEnabled is true. Fields that are not given stay; `null` takes one, or all of them, away.',
      group: 'encryption',
      isClearable: true,
    }),
    consulService: field(label().nullish(), {
      label: 'Service in Consul',
      help: 'Name of the service in Consul that lists the Configuration Servers; `null` takes it away.',
      group: 'servers',
      isClearable: true,
    }),
    srvRecord: field(
      label()
        .regex(recordName, 'must be the full name of an SRV record, such as _ocs._tcp.config.example')
        .nullish(),
      {
        label: 'SRV record',
        help: 'Full name of the DNS SRV record that lists the Configuration Servers, or the LDAP servers; `null` takes it away. Not together with consulService.',
        group: 'servers',
        isClearable: true,
      },
    ),
    directory: field(directory, {
      label: 'Directory',
      help: 'Where the people are: in Configuration Servers, an LDAP directory, or the store of this service. Cannot be changed later.',
      group: 'directory',
      isFixed: true,
      isColumn: true,
    }),
    configServers: field(
      z.array(configServerListed, { error: needsPrimary }).max(64, 'has more than 64 entries').default([]),
      {
        label: 'Configuration Servers',
        help: 'In the order in which they are tried.',
        group: 'servers',
        isColumn: true,
      },
    ),
    ldap: field(z.object(ldapFields).nullish(), {
      label: 'LDAP directory',
      help: 'With directory "ldap". Fields that are not given stay, or get a value that fits the type.',
      group: 'ldap',
      // `null` is taken, and changes nothing.
      isClearable: true,
    }),
  },
};

export const newEnvironmentSchema = z.object(environment.fields);

const { configServers, ldap, ...othersChanged } = changeShape(environment);

/** A change may name the directory; another one is refused with the reason. Its place decides where that problem is named. */
export const environmentChangeSchema = z.object({
  ...othersChanged,
  directory: checkedBy(environment.fields.directory, directory.unwrap().optional()),
  configServers,
  ldap,
});

/** As they are sent. */
export type NewEnvironment = z.input<typeof newEnvironmentSchema>;
export type EnvironmentChange = z.input<typeof environmentChangeSchema>;
