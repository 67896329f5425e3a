/** Says in English what may be wrong with something that was saved. The console has the other languages, below the same keys. */
export const warningSentences = {
  'warning.server.noConnection':
    '{address} port {port} took no connection within {timeoutMs} ms: check the address, the port and the network, or check again once the server runs',
  'warning.secrets.unreadable':
    'What is stored of this environment was sealed with a key that this service does not have: send the password again, and the key of tls.mutual',
  'warning.domain.space':
    '"{domain}" holds a space, which people overlook when they type it before their name',
  'warning.domain.hyphen':
    '"{domain}" begins with a hyphen, which programs on a command line take for an option',
  'warning.contactCenter.unknown':
    'There is no contact centre {id} yet: nobody of it can sign in through the client before it is created under this id',
  'warning.setting.unread':
    'Nothing in Gatehouse reads "{name}": mark it as shared where applications of yours read it, or delete it',
  'warning.factors.notHeld':
    'No document holds passkeys, apps for codes, recovery codes or remembered browsers: people of {name} set theirs up here',
  'warning.factors.inGrace':
    'No document holds passkeys, apps for codes, recovery codes or remembered browsers: people of {name} set theirs up here within the time of grace',
  'warning.factors.invited':
    'No document holds passkeys, apps for codes, recovery codes or remembered browsers: people of {name} set theirs up here, by an invitation of the help desk or after a new sign-in at the identity provider',
} as const;
