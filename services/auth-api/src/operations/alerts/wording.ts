/** Writes messages about problems in the language of the installation: a line that says what it is about, and the text. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import { shownName } from '@gatehouse/contracts/values';
import { readerOf, saidAbout } from '@gatehouse/service-kit/sentences';
import type { Alert, ProblemAlert } from './channel.ts';
import texts from './texts.json' with { type: 'json' };

/** Subjects that the finding itself names. */
const understood = ['installation', 'webhook', 'email'];

export type Wording = ReturnType<typeof createWording>;

/** `language`: one of `texts.json`. */
export function createWording(language: string, publicUrl: string) {
  const reader = readerOf(language, texts[language as keyof typeof texts] ?? texts.en);
  const say = (name: string, values?: Record<string, string>) =>
    reader.text(`sentence.alert.${name}`, values);
  const { host } = new URL(publicUrl);
  const console = `${publicUrl}${consolePath}`;

  const titleOf = ({ runbook }: ProblemAlert['problem']) => {
    const key = `console.runbook.${runbook}`;
    return reader.has(key) ? reader.text(key) : runbook;
  };

  function headlineOf(alert: Alert): string {
    if (alert.kind === 'test') return say('test');
    const title = titleOf(alert.problem);
    return say(alert.kind === 'new' ? alert.problem.severity : alert.kind, { title });
  }

  /** Names of people and things stand in it: nothing of them may begin a line or turn the direction of the text. */
  function findingOf(problem: ProblemAlert['problem']): string {
    const { text } = saidAbout(reader, problem, understood);
    return shownName(text.replaceAll(/\s+/g, ' ').trim());
  }

  const runbookOf = ({ runbook }: ProblemAlert['problem']) => `${console}/runbooks#${runbook}`;

  function linesOf(alert: Alert): string[] {
    const about = say('console', { address: console });
    if (alert.kind === 'test') return [say('test.text'), '', about];
    const { problem, location, beganAt, endedAt } = alert;
    return [
      findingOf(problem),
      '',
      say('began', { beganAt: reader.momentOf(beganAt) }),
      ...(endedAt === undefined ? [] : [say('ended', { endedAt: reader.momentOf(endedAt) })]),
      ...(location === '/' ? [] : [say('location', { location })]),
      say('runbook', { address: runbookOf(problem) }),
      about,
    ];
  }

  return {
    language,
    host,
    console,
    headlineOf,
    titleOf,
    findingOf,
    runbookOf,
    textOf: (alert: Alert) => linesOf(alert).join('\n'),
    why: () => say('why', { host }),
  };
}
