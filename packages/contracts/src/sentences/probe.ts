/** Says in English what the diagnosis of a service finds at its stores, keys and neighbours. The console has the other languages, below the same keys. */
export const probeSentences = {
  /** `detail`, here and below: the words of a driver, a library or another server. */
  'probe.error.other': 'There was an error: {detail}.',
  'probe.error.nothingListens': 'Nothing listens at {place}, or a firewall refuses (ECONNREFUSED).',
  'probe.error.noRoute': 'No route leads to {place} ({code}).',
  'probe.error.unknownHost': 'The name service does not know the host {place} (ENOTFOUND).',
  'probe.error.noAddress': 'The name service gives no address of the host {place} (EAI_AGAIN).',
  'probe.error.cut': 'The connection was cut.',
  'probe.error.silent': 'There was no answer in time.',
  'probe.error.credentials': 'The server refuses the user name or the password (WRONGPASS).',
  'probe.error.noPassword': 'The server asks for a password, and none is configured (NOAUTH).',
  'probe.error.noTls': 'The server does not speak TLS at this port.',
  'probe.error.otherKey':
    'The encryption key does not fit: what is stored was sealed with another key of the same id.',
  'probe.error.unanswered': '{service} did not answer.',
  'probe.error.answered': '{service} answered {status}.',
  'probe.unset': '{setting} is not set.',
  'probe.postgresql.old': 'PostgreSQL {version} is older than {oldest}, the oldest that is tested.',
  'probe.postgresql.superuser': 'The account {account} is a superuser: give the service a role of its own.',
  'probe.postgresql.standby':
    'PostgreSQL is a standby here: it can be read, and it refuses writes until it is promoted.',
  'probe.postgresql.connections':
    '{taken} of {all} connections of PostgreSQL are taken: raise max_connections or lower the pools.',
  'probe.postgresql.noSchema':
    'There is no schema {schema} in the database: run the command migrate of this version.',
  'probe.postgresql.lacks': 'The schema {schema} lacks {names}: run the command migrate of this version.',
  'probe.postgresql.newer':
    'The schema {schema} is newer than this version. Migrations that this version does not know: {count}.',
  'probe.postgresql.fine': 'PostgreSQL has the version {version}, and the schema {schema} is up to date.',
  'probe.archive.off':
    'PostgreSQL archives no WAL (archive_mode is off): a restore reaches the last backup alone.',
  'probe.archive.standby': 'PostgreSQL is a standby here, and its primary archives the WAL.',
  'probe.archive.unread':
    'The account {account} may not read pg_stat_archiver, so the last archived WAL is not known.',
  'probe.archive.failed':
    'PostgreSQL failed to archive the WAL {wal} at {failedAt}: look at archive_command and at the log of PostgreSQL.',
  'probe.archive.none':
    'archive_mode is on, but PostgreSQL has archived no WAL yet: look at archive_command and at archive_timeout.',
  'probe.archive.last': 'The last WAL was archived at {archivedAt}.',
  'probe.redis.old': 'Redis {version} is older than {oldest}: update it.',
  'probe.redis.evicts':
    'maxmemory-policy of Redis is {policy}: sessions and revocations would vanish; set noeviction.',
  'probe.redis.full': '{percent} % of maxmemory of Redis is in use: give it more memory.',
  'probe.redis.role': 'The Redis server is a {role}, which takes no writes: connect to the primary.',
  'probe.redis.fine': 'Redis has the version {version}, and {memory} of its memory are in use.',
  'probe.clock.ahead': 'The clock of this machine is {seconds, number} s ahead of that of {store}.',
  'probe.clock.behind': 'The clock of this machine is {seconds, number} s behind that of {store}.',
  'probe.clock.set': 'Set it by NTP.',
  'probe.clock.serves': 'Until the clock is right, the replica serves nobody.',
  'probe.clock.fine': 'The clock of this machine agrees with those of the stores to {limit} ms.',
  'probe.clock.owner': 'Another program sets the clock.',
  'probe.names.none': 'Every configured server is named by its address.',
  'probe.names.fine': 'The name service knows {hosts}.',
  'probe.certificates.none': 'No connection of this service to a configured server uses TLS.',
  'probe.certificates.refused':
    'The certificate of {place} is not accepted ({detail}): it must be for this name and of an authority that this service trusts.',
  'probe.certificates.ends': 'The certificate of {place} ends in {days} days: renew it.',
  'probe.certificates.fine': 'The certificates of {places} are accepted. The first one ends in {days} days.',
  'probe.replicas.fine': 'Each service has one version: {replicas}.',
  'probe.replicas.differ':
    'A service has replicas of several versions: {replicas}. Wait until the upgrade has ended, or look why a replica stays behind.',
  'probe.keys.closed':
    'The key {kid} does not open ({detail}): put the key that sealed it back into GATEHOUSE_ENCRYPTION_KEYS.',
  'probe.keys.otherSeal':
    'The key {kid} is sealed with another key than {active}: run the command reencrypt.',
  'probe.keys.notActive':
    'This replica signs {algorithm} with {kid}, which is not the active key any more: the replica has not heard of the rotation.',
  'probe.keys.overdue': 'The {algorithm} key {kid} has signed for {days} days: its rotation is overdue.',
  'probe.keys.fine':
    'All stored keys open ({count}). {kid} signs {algorithm}, and /auth/v3/oauth/jwks publishes it.',
  'probe.secrets.closed':
    'A secret of {column} does not open ({detail}): put the key that sealed it back into GATEHOUSE_ENCRYPTION_KEYS.',
  'probe.secrets.otherSeal':
    'Secrets that are sealed with another key than {active}: {count}. Run the command reencrypt.',
  'probe.secrets.fine': 'The keys {names} open the stored secrets.',
  'probe.serviceClient.refused':
    '{service} refused the service client: set GATEHOUSE_SERVICE_CLIENT_ID and _SECRET alike on both sides.',
  'probe.serviceClient.known': '{service} answers, and knows the service client.',
  'probe.environmentApi.refused':
    'Environment API answered {status} to the own token of this service: set GATEHOUSE_PUBLIC_URL and the service client alike on both sides.',
  'probe.environmentApi.behind':
    'This replica is behind by so many changes: {count}. It catches up within seconds, or Redis does not carry its messages.',
  'probe.environmentApi.fine': 'Environment API answers, and change {change} is known here.',
  'probe.elasticsearch.red': 'Elasticsearch {version} answers, but its state is red: data is missing there.',
  'probe.elasticsearch.fine': 'Elasticsearch {version} answers, and its state is {state}.',
  'probe.consul.fine': 'Consul answers, and its leader is {leader}.',
  'probe.consul.noLeader': 'Consul answers but has no leader: its servers have not found each other.',
  'probe.forward.waits':
    '{count, plural, one {# event waits} other {# events wait}} for {host}, the oldest for {waitSeconds}: the log says why {host} takes none.',
  'probe.forward.refused':
    '{host} refused {count} events, each of them alone: correct what audit_set_aside says, then run gatehouse audit reship.',
  'probe.forward.fine': '{host} has all events that are older than {waitSeconds}.',
  'probe.proxies.ignored':
    'X-Forwarded-For of {address} is ignored: all callers behind this proxy share one address and its limits. Add the proxy to http.trustedProxies.',
  'probe.passkeys.fine': 'Passkeys are of {host}.',
  'probe.passkeys.hostChanged':
    'Passkeys are off: the stored ones are of {stored}, and the public URL has the host {host}. Give the public URL its former host; the other factors go on.',
  'probe.passkeys.ipAddress':
    'Passkeys are not offered: the host of the public URL, {host}, is an IP address. Give the installation a name.',
  'probe.passkeys.plaintext': 'Passkeys are not offered: the public URL of {host} has no https.',
  'probe.metadata.missing':
    'Nobody can make a passkey in {contactCenters}: a new one must prove its model there, and there is no FIDO metadata. Set passkeys.metadataFile, or attestation to none.',
  'probe.metadata.broken':
    'The FIDO metadata of {file} cannot be used: {detail}. No new passkey can prove its model.',
  'probe.metadata.old':
    'The FIDO metadata of {file} is old: the next one was due on {nextUpdate}. Download it again and start the service again.',
  'probe.proxies.fine': 'Every forwarded address came from a trusted proxy.',
  'probe.deprecations.inUse':
    '{setting} goes away after {until}: docs/reference/deprecations.md says what takes its place.',
  'probe.deprecations.none': 'No setting is used that goes away.',
  'probe.links.unused': 'Nobody has signed in through this replica.',
  'probe.links.fine': 'Environments whose links are up: {count}.',
  'probe.logins.none': 'Nobody can sign in to the environment {environment}.',
  'probe.logins.ldap':
    'The LDAP directory shows its account nobody: correct ldap.baseDns or ldap.filters.person of the environment, or let the account read people. The command gatehouse check tells more.',
  'probe.logins.people':
    'The people store of the environment has no active person: provision people by SCIM, or with the command gatehouse people import.',
  'probe.logins.more': 'Further environments: {count}.',
  'probe.logins.possible':
    'Environments that have what a login needs: {possible} of the {all} that are in use.',
  'probe.logins.silent': 'The others do not answer.',
  'probe.directories.none': 'No environment has its people in an LDAP directory.',
  'probe.directories.fine': 'The LDAP servers of the environment {environment} passed every step: {servers}.',
  'probe.directories.failed':
    'The LDAP server {server} of the environment {environment} failed at the step {step}.',
  'probe.directories.unlisted': 'No LDAP server of the environment {environment} was found.',
  'probe.directories.unchecked': 'The environment {environment} could not be checked: {detail}.',
  'probe.directories.more': 'The command gatehouse check tries the other environments.',
} as const;
