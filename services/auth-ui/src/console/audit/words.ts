/** Says what the fields of events and changes mean. */
import type { SecurityEvent } from '@gatehouse/contracts/auth-api';
import { isTextKey } from '../../texts/texts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

/** The name under which the person signed in, where the event has one. */
export function nameIn({ fields }: SecurityEvent): string | undefined {
  const name = fields['userName'] ?? fields['username'];
  return typeof name === 'string' ? name : undefined;
}

export function outcomeBadge({ text }: ConsoleVisit, outcome: string) {
  const isGood = outcome === 'success';
  return {
    text: text(isGood ? 'console.audit.outcome.success' : 'console.audit.outcome.failure'),
    kind: isGood ? 'good' : 'bad',
  } as const;
}

/** An action of a newer server has no text here, so its name is shown. The same holds below. */
export function actionOf({ text }: ConsoleVisit, action: string): string {
  const key = `console.audit.action.${action}`;
  return isTextKey(key) ? text(key) : action;
}

export function entityOf({ text }: ConsoleVisit, entity: string): string {
  const key = `console.entity.${entity}`;
  return isTextKey(key) ? text(key) : entity;
}
