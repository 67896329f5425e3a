/** Says what the names in events and changes mean. */
import { isTextKey, namesBelow, type Text } from '../../texts/texts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

const eventKey = 'console.event.';

/** Those that have words. */
export const eventNames = (): string[] => namesBelow(eventKey);

/** The events of Auth API that are changes of something that it keeps, as its filter takes them. */
export const administeredEvents: Readonly<Record<string, string>> = {
  client: 'client_created,client_updated,client_deleted,client_restored,client_secret_rotated',
  administrator:
    'administrator_added,administrator_removed,appointee_added,appointee_removed,appointing_changed',
  'signing-key':
    'signing_key_created,signing_key_imported,signing_key_rotated,signing_key_retired,signing_key_removed,sso_key_changed',
  'signal-receiver': 'signal_receiver_created,signal_receiver_updated,signal_receiver_deleted',
};

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

/** Those of sign-ins, and those of requests to the OAuth endpoints. Undefined: a reason in words of its own, or of a server. */
export function reasonIn(text: Text, reason: string): string | undefined {
  const keys = [`console.home.reason.${reason}`, `console.refusal.${reason}`];
  const key = keys.find(isTextKey);
  return key && text(key);
}

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
