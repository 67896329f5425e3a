/** Says in English what checks of single sign-on find. The console has the other languages, below the same keys. */
export const signOnSentences = {
  'signOn.notTried': 'It was not tried, because a step before it failed.',
  'signOn.failed': 'The step failed: {detail}.',
  'signOn.names.oidc': 'Client id {clientId}, redirect URI {address}.',
  'signOn.names.noClient': 'The client id is missing; redirect URI {address}.',
  'signOn.names.saml': 'Entity id {entityId}, assertion consumer {address}, metadata {metadata}.',
  'signOn.discovery.found': 'The issuer is {issuer}, and a browser would go to {address}.',
  'signOn.discovery.nowhere': 'The issuer is {issuer}, and it names no authorisation endpoint.',
  'signOn.keys.read': '{address} has {count, plural, one {# key} other {# keys}}.',
  'signOn.keys.at': 'The keys are at {address}.',
  'signOn.name.claim': 'The claim {name} is looked up as {lookup}.',
  'signOn.name.unverified':
    'email_verified is not among the claims that the provider says it sends, and without it nobody is let in by e-mail: have it sent, use another userNameClaim, or set assumeVerifiedEmail.',
  'signOn.proof.method': 'Gatehouse proves itself by {method}.',
  'signOn.proof.unsupported':
    '{method} is not among the methods that the provider says it supports: {methods}.',
  'signOn.proof.noPkce': 'The provider does not say that it supports PKCE with S256.',
  'signOn.secret.known': 'The token endpoint knows the client and its proof.',
  'signOn.secret.other': 'The token endpoint answered {error} to a code that nobody gave out.',
  'signOn.secret.taken': 'The token endpoint took a code that nobody gave out.',
  'signOn.logout.off': 'People who sign out here stay signed in at the identity provider.',
  'signOn.logout.to': 'A browser that signs out here goes on to {address}.',
  'signOn.logout.missing':
    'People who sign out here are to be signed out there, too, but the identity provider names no {name}.',
  'signOn.metadata.read': '{entityId} takes requests by {bindings}.',
  'signOn.metadata.signed': 'The signature of the metadata holds.',
  'signOn.certificates.good':
    '{count, plural, one {# certificate may sign} other {# certificates may sign}}; the last one is good until {endsAt}.',
  'signOn.certificates.end':
    '{count, plural, one {# certificate may sign} other {# certificates may sign}}; the last one ends at {endsAt}: get the new metadata.',
  'signOn.certificates.ended':
    '{count, plural, one {# certificate may sign} other {# certificates may sign}}; the last one ended at {endsAt}: get the new metadata.',
  'signOn.request.plain': 'A browser would go to {address}.',
  'signOn.request.signed': 'A browser would go to {address}, with a signed request.',
  'signOn.encryption.off':
    'Our metadata offers no key to encrypt for (encryptAssertions is off), and an encrypted assertion is opened all the same.',
  'signOn.encryption.on':
    'Our metadata offers a key. Gatehouse opens {algorithms}, and refuses an assertion in the clear.',
  'signOn.untried.oidc':
    'Only a sign-in shows whether the provider has our redirect URI, and what is in the ID token and its claim {name}.',
  'signOn.untried.nameId': 'Only a sign-in shows the signature of an answer and its NameID.',
  'signOn.untried.attribute': 'Only a sign-in shows the signature of an answer and its attribute {name}.',
  'signOn.untried.groups': 'The groups in {name} are untried, too.',
  'signOn.untried.userInfo': 'UserInfo is untried, too.',
  'signOn.untried.encryption': 'The encryption of an answer is untried, too.',
  'signOn.untried.begun': 'An answer that the identity provider begins is untried, too.',
  'signOn.untried.logout': 'A logout is untried, too.',
  'signOn.person.found': '{name} is {userName} (DBID {dbid}), looked up as {lookup}.',
  'signOn.person.unknown': 'Nobody at the directory has the name {name}, looked up as {lookup}.',
  'signOn.person.disabled': '{name}, looked up as {lookup}, is a person who is disabled.',
  'signOn.person.ambiguous': '{name}, looked up as {lookup}, is the name of more than one person.',
  'signOn.person.not_a_member': '{name}, looked up as {lookup}, is a person in none of the access groups.',
  'signOn.trial.answer': 'The answer of {issuer} holds. It names the person {subject}.',
  'signOn.trial.name': '{field} is {value}, and {name} is looked up as {lookup}.',
  'signOn.trial.groups': 'Groups at the identity provider: {groups}.',
  'signOn.trial.noGroups': 'The settings take no groups from the answer.',
  'signOn.trial.new': 'A sign-in would create {userName} in the people store. This test created nobody.',
  'signOn.trial.update': 'A sign-in would write this of the person: {values}.',
  'signOn.trial.joined': 'A sign-in would put the person into {groups}.',
  'signOn.trial.left': 'A sign-in would take the person out of {groups}.',
  'signOn.trial.email': 'E-mail address at the directory: {email}.',
  'signOn.trial.rights': 'The directory gives these authorities: {names}.',
  'signOn.trial.session': 'A sign-in opens a session for {userName}. This test opened none.',
  'signOn.trial.later':
    'A sign-in opens a session for {userName} once the settings are enabled. This test opened none.',
  'signOn.refused.settings_incomplete': 'The settings are incomplete ({detail}).',
  'signOn.refused.provider_unreachable': 'The identity provider could not be asked ({detail}).',
  'signOn.refused.metadata_unusable': 'What the identity provider says of itself cannot be used ({detail}).',
  'signOn.refused.provider_refused': 'The identity provider refused the sign-in ({detail}).',
  'signOn.refused.client_rejected':
    'The identity provider does not accept Gatehouse as its client ({detail}): compare the client id, the client secret and how Gatehouse proves itself (tokenEndpointAuthMethod) with the registration there.',
  'signOn.refused.response_malformed': 'The answer of the identity provider is malformed ({detail}).',
  'signOn.refused.signature_invalid':
    'The signature of the answer does not hold: compare the keys and certificates of the identity provider ({detail}).',
  'signOn.refused.algorithm_refused': 'The answer uses an algorithm that is not accepted ({detail}).',
  'signOn.refused.decryption_failed': 'The answer could not be decrypted ({detail}).',
  'signOn.refused.wrong_issuer': 'The answer is from another identity provider than was asked ({detail}).',
  'signOn.refused.wrong_audience': 'The answer is meant for another application ({detail}).',
  'signOn.refused.wrong_destination':
    'The answer belongs to another place, or to settings that are gone ({detail}).',
  'signOn.refused.wrong_time': 'The answer came outside of its time: compare the clocks ({detail}).',
  'signOn.refused.unsolicited': 'Nobody asked for the answer ({detail}).',
  'signOn.refused.replayed': 'The answer was used before ({detail}).',
  'signOn.refused.wrong_state': 'The answer belongs to another sign-in ({detail}).',
  'signOn.refused.not_fresh': 'The identity provider did not ask the person anew ({detail}).',
  'signOn.refused.name_missing': 'The answer holds no usable name ({detail}).',
  'signOn.refused.name_of_other_domain': 'The name belongs to another domain ({detail}).',
  'signOn.refused.email_unverified': 'The e-mail address is not verified ({detail}).',
  'signOn.refused.group_missing': 'The person has none of the required groups ({detail}).',
  'signOn.refused.person_unknown': 'Nobody at the directory has this name ({detail}).',
  'signOn.refused.person_disabled': 'The person is disabled ({detail}).',
  'signOn.refused.person_ambiguous': 'More than one person has this name ({detail}).',
  'signOn.refused.person_not_in_access_group': 'The person is in none of the access groups ({detail}).',
  'signOn.refused.subject_unstable':
    'The answer holds no identifier that names the person for ever ({detail}).',
  'signOn.refused.person_name_taken':
    'The people store has a person of this name who is not linked to this identity provider: link them on their page, if they are the same ({detail}).',
  'signOn.refused.person_deleted':
    'The person was deleted a short while ago and is not created again: restore them ({detail}).',
  'signOn.refused.too_many_new_people':
    'Single sign-on has created as many people as it may within an hour ({detail}).',
} as const;
