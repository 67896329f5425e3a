/** Says in English what the check of an environment finds at its people store and its registry. The console has the other languages. */
export const checkSentences = {
  'check.needsBefore': 'Needs the step before.',
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
