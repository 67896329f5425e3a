/** Lists the options of an environment and of its Configuration Servers. */
import { configServer, environment } from '@gatehouse/contracts/resources';
import { asTyped, list, optionsOf } from '../../input/options.ts';
import { hostAndOptionalPort, serverOf } from './server-text.ts';

/** Names hold commas. */
const names = (text: string) => text.split(';').map((part) => part.trim());

export const environmentFields = optionsOf(environment, {
  id: ['--id <uuid>', 'chosen by you; made up without it'],
  name: ['--name <name>', 'what people call it; made of its directory and first address without it'],
  directory: ['--directory <kind>', 'where the people are: configServer, ldap or people; stays for good'],
  username: ['--username <name>', 'service account at the Configuration Server'],
  tenant: ['--tenant <name>', 'tenant on the Configuration Server'],
  appName: ['--app-name <name>', 'application object on the Configuration Server'],
  localTimeout: ['--local-timeout <seconds>', 'keep-alive time here; 0 = off'],
  remoteTimeout: ['--remote-timeout <seconds>', 'keep-alive time there; 0 = off'],
  traceMode: ['--trace-mode <mode>', 'off, local, remote or both'],
  tlsEnabled: ['--tls-enabled <flag>', 'false permits plaintext to its servers', asTyped],
  consulService: ['--consul-service <name>', 'service in Consul that lists its servers'],
  srvRecord: ['--srv-record <name>', 'DNS SRV record that lists its servers'],
  configServers: [
    '--servers <host:port>',
    'its Configuration Servers, separated by commas; a backup behind a slash: a:8888/b:8888',
    (text) => list(text).map(serverOf),
  ],
  'ldap.type': ['--ldap-type <type>', 'standard or activeDirectory'],
  'ldap.servers': [
    '--ldap-servers <host:port>',
    'its LDAP servers, separated by commas; without a port 636, or 389',
    (text) => list(text).map(hostAndOptionalPort),
  ],
  'ldap.startTls': ['--start-tls <flag>', 'StartTLS instead of ldaps', asTyped],
  'ldap.bindDn': ['--bind-dn <dn>', 'account that searches'],
  'ldap.baseDns': ['--base-dns <dns>', 'below these entries people are; separated by semicolons', names],
  'ldap.groupBaseDns': [
    '--group-base-dns <dns>',
    'below these entries groups are; separated by semicolons',
    names,
  ],
  'ldap.filters.person': ['--person-filter <filter>', 'who is a person'],
  'ldap.filters.group': ['--group-filter <filter>', 'what is a group'],
  'ldap.groupDepth': ['--group-depth <number>', 'groups in groups; 0: none'],
  'ldap.pollSeconds': ['--poll-seconds <seconds>', 'how often it is asked who changed'],
});

/** Their addresses are arguments. */
export const serverFields = optionsOf(configServer, {
  readOnly: ['--read-only <flag>', 'it takes no password changes', asTyped],
  locations: ['--locations <paths>', 'locations it serves, separated by commas'],
}).filter(({ field }) => field === 'readOnly' || field === 'locations');
