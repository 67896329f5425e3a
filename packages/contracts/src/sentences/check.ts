/** Says in English what the check of an environment finds at its servers, its people store and its registry. The console has the other languages. */
export const checkSentences = {
  'check.needsBefore': 'Needs the step before.',
  'check.timeOver': 'The time for the whole check was over: check again, or fewer servers at once',
  'check.isAddress': '{address} is an IP address.',
  'check.resolved': '{address} is {found}.',
  'check.accepts': '{address} port {port} accepts connections.',
  'check.tls.on': 'TLS is on and the certificate is right.',
  'check.tls.started': 'StartTLS is agreed and the certificate is right.',
  'check.tls.off': 'TLS is off: tlsEnabled is false, which permits plaintext to this server.',
  'check.server.registered': 'Registered as {application} with the account {account}.',
  'check.server.read': 'Read {count, plural, one {# tenant} other {# tenants}}.',
  'check.server.noTenants': 'The service account {account} sees no tenant: give it read permission',
  'check.server.unknownHost':
    'There is no host named {address}: correct the address, or make the name known to the DNS of this network',
  'check.server.lookupFailed':
    'The name {address} could not be looked up ({problem}): check that DNS works from here',
  'check.server.nothingListens':
    'Nothing listens at {address} port {port}: correct the port, or start the Configuration Server',
  'check.server.noRoute':
    'There is no route to {address} port {port}: correct the address, or open the network',
  'check.server.silent':
    '{address} port {port} does not answer: a firewall may drop the packets, or the host is down; open the port for this network',
  'check.server.expectsTls': '{address} port {port} expects TLS: set tlsEnabled to true',
  'check.server.beginsNoTls':
    '{address} port {port} accepts connections but begins no TLS: give the TLS port, or set tlsEnabled to false if plaintext is acceptable there',
  'check.server.plaintextRefused': 'Plaintext is not permitted: set tlsEnabled to true',
  'check.server.certificateExpired': 'The certificate of {address} port {port} has expired: renew it',
  'check.server.certificateOfOther':
    'The certificate of {address} port {port} is for another name: set tls.serverName to the name that stands in it, or renew it for this address',
  'check.server.certificateUntrusted':
    'The certificate of {address} port {port} comes from an authority that is not trusted here: set tls.ca to its certificate, or use a certificate of a known one',
  'check.server.handshake.refused':
    '{address} port {port} refuses the TLS handshake: it may ask for a client certificate; set tls.mutual if it does',
  'check.server.handshake.certificateRefused':
    '{address} port {port} refuses the TLS handshake: it may not accept the client certificate; check that it knows the authority of tls.mutual.cert',
  'check.server.handshake.ended':
    '{address} port {port} ended the connection after the TLS handshake: it may ask for a client certificate; set tls.mutual if it does',
  'check.server.handshake.certificateEnded':
    '{address} port {port} ended the connection after the TLS handshake: it may not accept the client certificate; check that it knows the authority of tls.mutual.cert',
  'check.server.tlsFailed':
    'TLS with {address} port {port} failed ({problem}): give its TLS port, or set tlsEnabled to false if plaintext is acceptable there',
  'check.server.registersNobody':
    '{address} port {port} accepts connections but does not answer: it may be another program, or a TLS port while tlsEnabled is {tlsEnabled}; check address, port and tlsEnabled',
  'check.server.otherProgram':
    '{address} port {port} is no Configuration Server, or one that does not speak the open protocol: correct the port',
  'check.server.accountRefused':
    'The server refuses the service account {account}: correct username, password or appName of the environment',
  'check.server.accountLocked':
    'The service account {account} is locked or expired: unlock it on the Configuration Server',
  'check.server.passwordExpired':
    'The password of the service account {account} must be changed on the Configuration Server first; then set it in the environment',
  'check.server.applicationUnknown':
    'The server knows no application {application}: create it there, or correct appName',
  'check.server.applicationDenied':
    'The service account {account} may not register as {application}: give it the permission, or correct appName',
  'check.server.full': 'The server takes no more sessions at present: try again later, or raise its limit',
  'check.server.notPrimary': 'The server registers nobody at present: it is the backup or is shutting down',
  'check.server.brokenOff':
    '{address} port {port} ended the connection while registering ({problem}): check that it is a Configuration Server and that tlsEnabled is right',
  'check.server.readDenied': 'The service account {account} may read no tenants: give it read permission',
  'check.server.readFailed':
    'The tenants could not be read ({problem}): look into the log of the Configuration Server',
  'check.login.anyTenant': 'No tenant is named: people of every tenant sign in.',
  'check.login.tenant': 'The tenant {tenant} exists.',
  'check.login.tenantInOtherCase': 'The tenant {tenant} exists, spelled in another case.',
  'check.login.noTenant':
    'The server has no tenant named {tenant}, so no login can succeed: correct tenant of the environment, or let the service account read it',
  'check.login.application': 'The application {application} exists.',
  'check.login.applicationUnread':
    'The account {account} registered as {application} but may not read it, which no login needs.',
  'check.login.people': 'People, their access groups and roles can be read.',
  'check.login.nobody':
    'The server shows the service account {account} nobody of the tenant, so no login can succeed: give it read permission for its persons, or name another tenant',
  'check.login.needsTenant': 'Needs the tenant.',
  'check.login.denied.tenant':
    'The server lets the service account {account} not read the tenant: give it read permission',
  'check.login.denied.application':
    'The server lets the service account {account} not read the application: give it read permission',
  'check.login.denied.people':
    'The server lets the service account {account} not read people, their access groups or roles: give it read permission',
  'check.login.unanswered.tenant':
    'The server did not answer the question for the tenant ({problem}): look into its log',
  'check.login.unanswered.application':
    'The server did not answer the question for the application ({problem}): look into its log',
  'check.login.unanswered.people':
    'The server did not answer the question for the people ({problem}): look into its log',
  'check.ldap.bound': 'The account of ldap.bindDn is accepted.',
  'check.ldap.found': 'Below ldap.baseDns the account finds people.',
  'check.ldap.sample': 'One person as a sample has every attribute, and groups name it: {count}.',
  'check.ldap.sampleAlone': 'One person as a sample has every attribute, and no group names it.',
  'check.ldap.sampleLacks': 'One person as a sample has no {names}, and groups name it: {count}.',
  'check.ldap.sampleLacksAlone': 'One person as a sample has no {names}, and no group names it.',
  'check.ldap.unknownHost': '{address} is not found ({problem}): correct address, or the name service',
  'check.ldap.notReached':
    '{address} port {port} does not accept connections ({problem}): correct port, start the server, or open the firewall',
  'check.ldap.connectionFailed': 'The connection failed: {problem}',
  'check.ldap.startTlsFailed':
    'StartTLS failed ({problem}): nothing was sent in plaintext; correct tls.ca or tls.serverName, or use ldaps (startTls false)',
  'check.ldap.tlsFailed':
    'TLS failed ({problem}): correct tls.ca or tls.serverName, or the port (636 for ldaps)',
  'check.ldap.accountRefused':
    'The server refuses the account {account}: correct ldap.bindDn or ldap.bindPassword',
  'check.ldap.accountUnanswered': 'The server did not accept the account ({problem})',
  'check.ldap.nobody':
    'The server shows the account nobody, so no login can succeed: correct ldap.baseDns, ldap.filters.person, ldap.attributes.id or ldap.attributes.userName, or give {account} read permission',
  'check.ldap.noBase': 'The server has no entry of one of ldap.baseDns or ldap.groupBaseDns: correct them',
  'check.ldap.searchFailed': 'The search failed: {problem}',
  'check.store.read': 'The people store can be read.',
  'check.store.unread': 'The table of people cannot be read: see {command}, and the log of Environment API',
  'check.store.nobody':
    'Nobody is active, so no login can succeed: provision people by SCIM, or with {command}',
  'check.store.active': 'Active people: {active} of {people}.',
  'check.store.noPasswords': 'Nobody has a password: people sign in by single sign-on only.',
  'check.store.passwords': 'Of these, {count} can sign in with a password.',
  'check.registry.noConsul':
    'The environment names the service {name} in Consul, but GATEHOUSE_CONSUL_URL is not set here: set it (for Auth API too), or take consulService away',
  'check.registry.consul.found': 'Found through the service {name} in Consul: {servers}.',
  'check.registry.consul.empty':
    'No server was found through the service {name} in Consul (it lists none): correct the name, or register the servers there',
  'check.registry.consul.failed':
    'No server was found through the service {name} in Consul ({problem}): correct the name, or register the servers there',
  'check.registry.srv.found': 'Found through the SRV record {name}: {servers}.',
  'check.registry.srv.empty':
    'No server was found through the SRV record {name} (it lists none): correct the name, or register the servers there',
  'check.registry.srv.failed':
    'No server was found through the SRV record {name} ({problem}): correct the name, or register the servers there',
} as const;
