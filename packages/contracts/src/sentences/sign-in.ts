/** Says in English what an explanation of a sign-in finds. The console has the other languages, below the same keys. */
export const signInSentences = {
  'signIn.verdict.allowed': 'The person can sign in: nothing that was looked at is against it.',
  'signIn.verdict.unknown':
    'It is not known whether the person can sign in. The steps say what could be looked at.',
  'signIn.cause.contact_center_disabled':
    'Nobody signs in: the contact centre is disabled. Let people sign in again when the contact centre is to be used.',
  'signIn.cause.environment_missing':
    'Nobody signs in: the environment of the contact centre does not exist. Choose another environment for the contact centre.',
  'signIn.cause.no_servers':
    'Nobody signs in: the environment has no servers. Add a server to the environment, and check the connections.',
  'signIn.cause.person_unknown':
    'The directory has no person of this name. Compare the spelling, or add the person where people are kept.',
  'signIn.cause.person_disabled': 'The person is disabled. Enable the person where people are kept.',
  'signIn.cause.no_password': 'The person has no password yet. A password link lets the person choose one.',
  'signIn.cause.password_link_open':
    'The person has no password yet: a password link waits for its use. Ask the person to use the link, or make a new one.',
  'signIn.cause.not_linked':
    'The identity provider takes nobody by a name who was in the people store before. Link the person to the identity provider.',
  'signIn.cause.second_factor_missing':
    'A second factor is required that the person does not have. Invite the person to add one.',
  'signIn.cause.second_factor_impossible':
    'A second factor is required, and the policy accepts none that would be enough. Change the second factor of the contact centre.',
  'signIn.cause.delayed':
    'After too many wrong passwords every sign-in of this person has to wait. Unlock the person when you know who typed them.',
  'signIn.cause.request_refused':
    'The request that was asked for was refused. The marked step says what the application has to change.',
  'signIn.cause.directory_away':
    'It is not known whether the person can sign in: the directory could not be asked. Check the connections of the environment.',
  'signIn.cause.directory_locked':
    'The directory has locked the account, and may have unlocked it since. Its own administrators unlock it.',
  'signIn.cause.account_expired':
    'At the last attempt the directory said that the account has expired. Its own administrators make the account valid again.',
  'signIn.cause.password_expired':
    'At the last attempt the directory said that the password has expired. The person chooses a new password at the next sign-in.',
  'signIn.cause.too_many_sessions':
    'At the last attempt the directory said that the account has too many sessions. Only the person can end them: by signing out of other programs of the directory.',
  'signIn.cause.provider_refused':
    'A sign-in through the identity provider was refused, and another try may go as that one did. Compare the reason in the marked step with the settings of single sign-on, and test them.',
  'signIn.cause.password_must_change': 'The person can sign in, and must choose a new password there.',
  'signIn.cause.delayed_elsewhere':
    'After wrong passwords some sign-ins of this person have to wait. The marked step says which. Unlock the person when you know who typed them.',
  'signIn.cause.delayed_address':
    'The person can sign in, but may have to wait at the address of the last refusal. Nobody can end that wait: the person waits, or tries at another address.',
  'signIn.cause.single_sign_on_only':
    'The person signs in through the identity provider only. Ask the person to choose that way and to type no password here.',
  'signIn.cause.consent_refused':
    'The person can sign in, but did not agree to what an application asks for. The application asks again at the next sign-in, and only the person can agree.',
  'signIn.cause.authorization_refused':
    'The person can sign in, but an application did not get the person. The diagnosis of the application says what to change.',
  'signIn.cause.tenant_unknown':
    'The person can sign in, but somebody typed this user name with a wrong tenant. Tell the person a tenant name of the contact centre.',
  'signIn.place.active': '{name} is active.',
  'signIn.place.disabled': '{name} is disabled: nobody signs in to it.',
  'signIn.environment.missing': 'The environment {id} does not exist: give the contact centre another one.',
  'signIn.environment.store': '{name} keeps its people in the people store.',
  'signIn.environment.servers':
    '{name} has {count, plural, one {# server} other {# servers}} with its people.',
  'signIn.environment.registry': '{name} finds the servers with its people through {registry}.',
  'signIn.environment.noServers': 'The environment {name} has no servers.',
  'signIn.directory.answers': 'It answers.',
  'signIn.directory.away': 'The directory could not be asked: {detail}.',
  'signIn.directory.notAsked': 'Nobody could be asked.',
  'signIn.way.password': 'By password.',
  'signIn.way.both': 'Through an identity provider ({provider}), or by password.',
  'signIn.way.provider': 'Through an identity provider ({provider}) only: a password is refused.',
  'signIn.way.providerOfGroups':
    'Through an identity provider ({provider}) only, because of membership in one of these groups: {groups}. A password is refused.',
  'signIn.way.passwordOfOthers':
    'By password. The person is in none of these groups, whose members sign in through an identity provider ({provider}): {groups}.',
  'signIn.account.enabled': '{userName} is enabled.',
  'signIn.account.notLinked':
    '{userName} is enabled, and is not linked to the identity provider: a sign-in through it is refused.',
  'signIn.account.disabled': 'The person is disabled there.',
  'signIn.account.unknown': 'There is no person of this name.',
  'signIn.account.none': 'There is nobody of this name to look at.',
  'signIn.password.notAsked': 'No password is asked for.',
  'signIn.password.notNeeded': 'The person has none, and signs in through the identity provider.',
  'signIn.password.none': 'The person has no password: make a password link for the first one.',
  'signIn.password.link':
    'The person has no password yet, and has not used the password link, which works until {endsAt}.',
  'signIn.password.mustChange': 'The password must be changed at the next sign-in.',
  'signIn.password.fine': 'Nothing is known against it.',
  'signIn.factor.notAsked': 'The person cannot sign in, so no factor is asked for.',
  'signIn.factor.held': 'The person has a second factor.',
  'signIn.factor.notRequired': 'The person has no second factor, and none is required.',
  'signIn.factor.missing':
    'A second factor is required, and the person has neither a passkey nor an app for one-time codes.',
  'signIn.factor.notResistant':
    'A factor that resists phishing is required, and the person has no passkey that counts.',
  'signIn.factor.grace': 'The person signs in without one until {endsAt}.',
  'signIn.factor.provider': 'A second factor that the identity provider asked for counts.',
  'signIn.factor.notCounted': 'A second factor is required, and none that the person has counts.',
  'signIn.factor.byContactCenter': 'The policy of the contact centre requires it of everybody.',
  'signIn.factor.byRole':
    'The policy of the contact centre requires it of these roles of the person: {roles}.',
  'signIn.factor.byClient': 'The application {clientId} requires it of everybody.',
  'signIn.factor.byHolder': 'The contact centre asks everybody for it who has one.',
  'signIn.factor.appRefused': 'The policy accepts no apps for one-time codes.',
  'signIn.factor.passkeyRefused': 'The policy accepts no passkeys.',
  'signIn.factor.syncedRefused': 'The policy accepts no passkey that may be on several devices.',
  'signIn.factor.passkeysOff': 'Passkeys do not work under the public address of this installation.',
  'signIn.factor.adds': 'The person adds one when signing in.',
  'signIn.factor.addsBeside': 'When signing in, the person gives the one that is there and adds another one.',
  'signIn.factor.addsAtProvider': 'The person adds one after a new sign-in at the identity provider.',
  'signIn.factor.noneAccepted': 'The policy accepts no factor that would be enough.',
  'signIn.delays.none': 'There is nothing to wait for.',
  'signIn.delays.remembered':
    '{count, plural, =0 {No wrong passwords are remembered.} one {# wrong password is remembered.} other {# wrong passwords are remembered.}}',
  'signIn.delays.locksNobody': 'The directory locks nobody.',
  'signIn.delays.locks': 'The directory has counted {counted} and locks at {threshold}.',
  'signIn.delays.mayLock': 'The directory has counted {counted} and is taken to lock at {threshold}.',
  'signIn.delays.knownBrowser': 'A browser that signed in before has to wait {waitSeconds}.',
  'signIn.delays.usualAddress': 'A usual address has to wait {waitSeconds}.',
  'signIn.delays.elsewhere': 'Every other place has to wait {waitSeconds}.',
  'signIn.delays.everywhere': 'Every sign-in has to wait {waitSeconds}.',
  'signIn.attempt.none': 'No refusal is known.',
  'signIn.attempt.signedInSince': 'The person signed in after the last refusal, which was at {refusedAt}.',
  'signIn.attempt.shownLock': 'The directory shows a lock after wrong passwords.',
  'signIn.attempt.account_locked': 'At {refusedAt} the directory said that the account is locked.',
  'signIn.attempt.account_expired': 'At {refusedAt} the directory said that the account has expired.',
  'signIn.attempt.password_expired': 'At {refusedAt} the directory said that the password has expired.',
  'signIn.attempt.too_many_sessions':
    'At {refusedAt} the directory said that the account has too many sessions.',
  'signIn.attempt.mayHaveEnded': 'Only the directory knows whether that still holds.',
  'signIn.attempt.busyAddress':
    'Many wrong passwords came from the address {address}: people who are not known there may have to wait {waitSeconds}.',
  'signIn.attempt.refused': 'The last attempt was refused at {refusedAt}: {reason}.',
  'signIn.attempt.provider': 'At {refusedAt} a sign-in through the identity provider was refused: {reason}.',
  'signIn.application.none': 'No application was refused since it last got the person.',
  'signIn.application.consent':
    'At {refusedAt} the person did not agree to what the application {clientId} asks for. The application asks again at the next sign-in.',
  'signIn.application.refused':
    'At {refusedAt} the application {clientId} did not get the person: {refusal}.',
  'signIn.tenant.none': 'No wrong tenant was typed with this user name.',
  'signIn.tenant.unknown':
    'At {refusedAt} somebody typed this user name with a tenant that no contact centre has, or that the application does not serve.',
  'signIn.request.refused':
    'At {refusedAt} the request of the application {clientId} was refused: {refusal}.',
  'signIn.request.ofNobody':
    'At {refusedAt} the request of an application that is not registered was refused: {refusal}.',
  'signIn.request.signIn': 'At {refusedAt} the sign-in was refused: {reason}.',
  'signIn.request.unknown': 'No refusal of this request is known. Refusals are kept for seven days.',
} as const;
