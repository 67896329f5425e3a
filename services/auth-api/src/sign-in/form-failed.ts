/** A form that may be sent again: the reason waits in the interaction, the page that shows it is named. */
import type { Interaction, InteractionService, InteractionState } from '../interactions/interaction.ts';
import type { SignInError } from '../users/sign-in-error.ts';

/** Not an answer of its own: whoever catches it redirects to `location`, or renders `reason` as JSON. */
export class FormFailed extends Error {
  readonly reason: SignInError;
  readonly location: string;

  constructor(reason: SignInError, location: string) {
    super(reason.message);
    this.reason = reason;
    this.location = location;
  }
}

export interface TypedNames {
  userName: string;
  tenant?: string | undefined;
  /** Whether they wanted to stay signed in. */
  remember?: boolean | undefined;
}

/** Longer texts were not typed by a person; they are not shown again. */
const longestShown = 255;

/** Keeps for the page why the attempt failed and what was typed, except passwords. */
export async function keepFailure(
  interactions: InteractionService,
  interaction: Interaction | undefined,
  reason: SignInError,
  correlationId: string,
  typed: TypedNames,
): Promise<void> {
  if (interaction === undefined) return;
  const brokenRules = reason.failure === 'password_policy' ? reason.problems.map(ruleOf) : [];
  const state: InteractionState = {
    error: reason.failure,
    correlationId,
    ...shown('userName', typed.userName),
    ...shown('tenant', typed.tenant),
    ...(typed.remember === true ? { remember: true } : {}),
    ...(brokenRules.length === 0 ? {} : { brokenRules }),
    ...(reason.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: reason.retryAfterSeconds }),
  };
  await interactions.note(interaction.id, state);
}

function shown<K extends 'userName' | 'tenant'>(key: K, text: string | undefined): { [P in K]?: string } {
  return text === undefined || text === '' || text.length > longestShown
    ? {}
    : ({ [key]: text } as { [P in K]: string });
}

/** Problems of a password policy begin with the rule's name. */
function ruleOf({ message }: { message: string }): string {
  return message.slice(0, message.indexOf(':'));
}
