/** Lists what the services say to people as sentences with parameters: each is an ICU message, in English. */
import { alertSentences } from './alert.ts';
import { checkSentences } from './check.ts';
import { clientSentences } from './client.ts';
import { probeSentences } from './probe.ts';
import { problemSentences } from './problem.ts';
import { reasonSentences } from './reason.ts';
import { signInSentences } from './sign-in.ts';
import { signOnSentences } from './sign-on.ts';
import { warningSentences } from './warning.ts';

export const sentences = {
  /** The same step for programs and scripts; the console has a button or a link for it. */
  command: 'On the command line: {command}',
  noAnswer: 'There was no answer within {waitSeconds}.',
  ...signInSentences,
  ...signOnSentences,
  ...clientSentences,
  ...checkSentences,
  ...probeSentences,
  ...problemSentences,
  ...alertSentences,
  ...warningSentences,
  ...reasonSentences,
} as const;

export type SentenceKey = keyof typeof sentences;

/** A name that ends with `Seconds` holds a time span, one that ends with `At` a moment (ISO 8601). */
export type SentenceParameters = Readonly<Record<string, string | number | string[]>>;

/** The names of the parameters of a message: an argument is `name` or `name, plural, …`; the texts within contain a space or `#`. */
type NamesIn<Message extends string> = Message extends `${string}{${infer Rest}`
  ? ArgumentIn<Rest extends `${infer Part}{${string}` ? Part : Rest> | NamesIn<Rest>
  : never;
type ArgumentIn<Part extends string> = NameIn<Part extends `${infer Inside}}${string}` ? Inside : Part>;
type NameIn<Inside extends string> = Inside extends `${infer Name},${string}`
  ? OneWord<Name>
  : OneWord<Inside>;
type OneWord<Text extends string> = Text extends '' | `${string} ${string}` | `${string}#${string}`
  ? never
  : Text;

/** The parameters that a sentence must be given. */
export type ParametersOf<Key extends SentenceKey> = Readonly<
  Record<NamesIn<(typeof sentences)[Key]>, SentenceParameters[string]>
>;

/** A sentence that its finder leaves to others to say. */
export type Sentence = {
  [Key in SentenceKey]: { key: Key; parameters: ParametersOf<Key> };
}[SentenceKey];
