/** Says in English what the overviews of both APIs tell. The console has the other languages, below the same keys. */
export const problemSentences = {
  'problem.signIns.impossible':
    '{count} of {all} sign-ins in the last {minutes} minutes were not possible, whatever the password.',
  'problem.signIns.guessed':
    '{count} of {all} sign-ins in the last {minutes} minutes had a wrong password or had to wait.',
  'problem.signIns.provider':
    '{count} sign-ins through an identity provider failed in the last {minutes} minutes, and {succeeded} sign-ins of any kind succeeded.',
  'problem.signIns.slow':
    'One in twenty sign-ins in the last {minutes} minutes took longer than {seconds, number} seconds.',
  'problem.tokens.refused':
    '{count} token requests were refused in the last {minutes} minutes, and {issued} were answered with tokens.',
  'problem.directory':
    'The directory of the contact centre does not answer: nobody can sign in with a password.',
  /** `reason`: the words of the connection or of the server. */
  'problem.links.away': 'The directory of the environment {environment} cannot be used: {reason}',
  'problem.links.silent': 'No server of the directory of the environment {environment} answers.',
  'problem.links.more':
    '{count, plural, one {One more environment has} other {# more environments have}} no connection.',
  'problem.lag.postgresql':
    '{count, plural, one {# audit event waits} other {# audit events wait}} for PostgreSQL, the oldest for {minutes} minutes.',
  'problem.lag.elasticsearch':
    '{count, plural, one {# audit event waits} other {# audit events wait}} for Elasticsearch, the oldest for {minutes} minutes.',
  'problem.lag.second':
    '{count, plural, one {# audit event waits} other {# audit events wait}} for the second destination, the oldest for {minutes} minutes.',
  'problem.refusedEvents.elasticsearch':
    'Elasticsearch refused {count, plural, one {# audit event} other {# audit events}} for what they are.',
  'problem.refusedEvents.second':
    'The second destination refused {count, plural, one {# audit event} other {# audit events}} for what they are.',
  'problem.unlocks': 'This administrator unlocked accounts 30 times or more within an hour of the last day.',
  'problem.administrators':
    '{names}: the entry names no contact centre or no way of sign-in, and gives no right.',
  'problem.shares.subjects':
    'The contact centres {one} and {other} know the people of the environment {environment} by the same subjects.',
  'problem.shares.all':
    'The contact centres {one} and {other} share the environment {environment}, and everybody belongs to both.',
  'problem.shares.some':
    'The contact centres {one} and {other} share the environment {environment}, and everybody belongs to {all}, also the people of the other.',
  'problem.alerts.webhook': 'The webhook did not take the last alert.',
  'problem.alerts.email': 'The last alert could not be sent by e-mail.',
  'problem.deletions':
    'Rows of {name} from {from} to {to} would be deleted at once: is the clock of PostgreSQL right?',
  'problem.drift':
    '{count, plural, one {# thing is} other {# things are}} not as the documents of {owner} say.',
  /** `endingKind`: a kind of ending, which the console has a name for. */
  'problem.ends':
    '{endingKind} {name}: {days, plural, =0 {it has ended.} one {# day is left.} other {# days are left.}}',
} as const;
