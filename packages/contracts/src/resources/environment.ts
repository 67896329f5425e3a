/** Describes an environment with each of its directories: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { defaultDirectory, directories } from '../environment-api/directory.ts';
import { classicTraceModes, type TraceMode } from '../environment-api/environment.ts';
import { checkedBy, field } from '../resource/field.ts';
import { changeShape } from '../resource/resource.ts';
import { flag, idSchema, integer } from '../values/scalar.ts';
import { label } from '../values/text.ts';
import { accountPassword, configServerListed, storedSecret } from './config-server.ts';
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

const directory = z
  .enum(directories, { error: `must be one of ${directories.join(', ')}` })
  .default(defaultDirectory);

export const environment = {
  name: 'environment',
  fields: {
    id: field(idSchema.optional(), {
      label: 'Identifier',
      help: 'A UUID of your choice, such as the one that it had elsewhere. Without it Gatehouse chooses one.',
      group: 'directory',
      isFixed: true,
      isColumn: true,
    }),
    name: field(label().optional(), {
      label: 'Name',
      help: 'Lists and pages call the environment so. No other environment has the name, also in other capital or small letters. Without it Gatehouse makes one of the directory and the first address.',
      group: 'name',
      isColumn: true,
    }),
    username: field(label().optional(), {
      label: 'User name',
      help: 'Name of the service account. An environment with Configuration Servers needs it, and the password.',
      group: 'account',
    }),
    password: field(accountPassword.optional(), {
      label: 'Password',
      help: storedSecret,
      group: 'account',
      isSecret: true,
    }),
    connectionProtocol: field(
      z
        .string()
        .transform((text) => text.toLowerCase())
        .pipe(z.enum(['addp'], { error: 'must be "addp"' }))
        .default('addp'),
      {
        label: 'Protocol of keep-alives',
        help: 'ADDP is the only one, in upper or lower case.',
        group: 'keepAlive',
      },
    ),
    localTimeout: field(keepAliveSeconds(), {
      label: 'Answer expected within',
      help: 'Seconds without a sign of life before the link counts as dead. 0: never.',
      group: 'keepAlive',
    }),
    remoteTimeout: field(keepAliveSeconds(), {
      label: 'The server expects us within',
      help: 'Seconds without a sign of life of Gatehouse before the server counts the link as dead. 0: never.',
      group: 'keepAlive',
    }),
    traceMode: field(traceMode.default('off'), {
      label: 'Trace of keep-alives',
      help: 'Which side logs keep-alives: `off`, `local`, `remote` or `both`. Classic names, such as `CFGTMBoth`, are taken, too.',
      group: 'keepAlive',
    }),
    tenant: field(label().optional(), {
      label: 'Tenant',
      help: `The tenant whose people sign in. With the tenant ${defaultTenant}, people of every tenant do. Without a name it is ${defaultTenant}.`,
      group: 'account',
      isColumn: true,
    }),
    appName: field(label().default('default'), {
      label: 'Application object',
      help: 'Gatehouse registers at the Configuration Server as this object.',
      group: 'account',
    }),
    tlsEnabled: field(flag().default(true), {
      label: 'Require TLS',
      help: 'Without it, plaintext is accepted.',
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
      help: 'Instead of a list of servers: the name of the service in Consul.',
      group: 'registry',
      isClearable: true,
    }),
    srvRecord: field(
      label()
        .regex(recordName, 'must be the full name of an SRV record, such as _ocs._tcp.config.example')
        .nullish(),
      {
        label: 'SRV record',
        help: 'Instead of a list of servers: the full name of the DNS record. Not together with a service in Consul.',
        group: 'registry',
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
        help: 'In the order in which they are tried. In a form one in each line: address, port and locations, such as `config-1.example.com:8888 /USW1`. The page of the environment adds backup servers afterwards.',
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
