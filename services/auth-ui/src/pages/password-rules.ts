/** Says what a new password breaks: each rule in words, or that the directory names none. */
import { isTextKey, type Text } from '../texts/texts.ts';
import type { Message } from './message.ts';

/** A rule without words is shown by its name. Active Directory refuses without naming a rule. */
export function withBrokenRules(message: Message, rules: readonly string[], text: Text): Message {
  if (rules.length === 0) return { ...message, text: text('problem.password_policy.unnamed') };
  const list = rules.map((rule) => {
    const key = `passwordRule.${rule}`;
    return isTextKey(key) ? text(key) : rule;
  });
  return { ...message, list };
}
