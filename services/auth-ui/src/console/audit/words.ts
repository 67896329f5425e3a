/** Says what the names in events and changes mean. */
import { isTextKey, namesBelow } from '../../texts/texts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

const eventKey = 'console.event.';

/** Those that have words. */
export const eventNames = (): string[] => namesBelow(eventKey);

/** An event of a newer server has no text here, so its name is shown. The same holds below. */
export function eventOf(visit: ConsoleVisit, name: string, purpose?: string): string {
  const ofPurpose = `console.audit.inspected.${purpose}`;
  return name === 'access_inspected' && isTextKey(ofPurpose)
    ? visit.text(ofPurpose)
    : wordOf(visit, eventKey, name);
}

export const actionOf = (visit: ConsoleVisit, action: string): string =>
  wordOf(visit, 'console.audit.action.', action);

export const entityOf = (visit: ConsoleVisit, entity: string): string =>
  wordOf(visit, 'console.entity.', entity);

function wordOf({ text }: ConsoleVisit, below: string, name: string): string {
  const key = `${below}${name}`;
  return isTextKey(key) ? text(key) : name;
}

export function outcomeBadge({ text }: ConsoleVisit, outcome: string) {
  const isGood = outcome === 'success';
  return {
    text: text(isGood ? 'console.audit.outcome.success' : 'console.audit.outcome.failure'),
    kind: isGood ? 'good' : 'bad',
  } as const;
}
