/** Says in English what messages about problems tell. The texts of Auth UI have the other languages, below the same keys. */
export const alertSentences = {
  'alert.critical': 'Critical: {title}',
  'alert.warning': 'Warning: {title}',
  'alert.reminder': 'Still not solved: {title}',
  'alert.resolved': 'Solved: {title}',
  'alert.test': 'Test alert',
  'alert.test.text': 'Somebody asked for this test. It says that alerts arrive, and nothing else.',
  'alert.began': 'It was first seen on {beganAt}.',
  'alert.ended': 'It was last seen on {endedAt}.',
  'alert.location': 'Location: {location}',
  'alert.runbook': 'What to do: {address}',
  'alert.console': 'Console: {address}',
  'alert.why': 'Gatehouse at {host} sent this, because its settings name this receiver.',
} as const;
