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
  /** `endingKind`: a kind of ending, which the console has a name for. */
  'problem.ends':
    '{endingKind} {name}: {days, plural, =0 {it has ended.} one {# day is left.} other {# days are left.}}',
} as const;
