/** Handles a form that failed and may be sent again: keeps the reason for its page, or answers programs with it. */
import { definedOnly } from '@gatehouse/contracts/values';
import { errorEnvelope, reportError } from '@gatehouse/service-kit/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isJson } from '../../browser/cookies/browser-scope.ts';
import type { Interaction } from '../../browser/interactions/interaction.ts';
import type { InteractionService } from '../../browser/interactions/service.ts';
import { SignInError } from '../../people/directories/sign-in-error.ts';

/** Carries the page that shows the failure; programs get `reason` instead. */
export class FormFailed extends Error {
  readonly reason: SignInError;
  readonly location: string;

  constructor(reason: SignInError, location: string) {
    super(reason.message);
    this.reason = reason;
    this.location = location;
  }
}

interface TypedNames {
  userName: string;
  tenant?: string | undefined;
  /** The user asked to stay signed in. */
  remember?: boolean | undefined;
}

/** No person types a longer text, so it is not shown again. */
const maxShownLength = 255;

/** Keeps for the page why the attempt failed and what was typed, except passwords. */
export async function keepFailure(
  interactions: Pick<InteractionService, 'recordState'>,
  interaction: Interaction | undefined,
  reason: SignInError,
  correlationId: string,
  typed: TypedNames,
): Promise<void> {
  if (interaction === undefined) return;
  const brokenRules = reason.failure === 'password_policy' ? reason.problems.map(ruleOf) : [];
  await interactions.recordState(
    interaction.id,
    definedOnly({
      error: reason.failure,
      failures: (interaction.state.failures ?? 0) + 1,
      correlationId,
      userName: shown(typed.userName),
      tenant: shown(typed.tenant),
      remember: typed.remember === true ? true : undefined,
      brokenRules: brokenRules.length === 0 ? undefined : brokenRules,
      retryAfterSeconds: reason.retryAfterSeconds,
    }),
  );
}

function shown(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text.length > maxShownLength ? undefined : text;
}

/** Problems of a password policy start with the name of the rule. */
export function ruleOf({ message }: { message: string }): string {
  return message.slice(0, message.indexOf(':'));
}

/** Redirects to the page of the form, or answers a program. @throws every other error */
export function answerFailure(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const reason = error instanceof FormFailed ? error.reason : error;
  if (!(reason instanceof SignInError)) throw error;
  reportError(request, reply, reason);
  if (error instanceof FormFailed && !isJson(request)) return reply.redirect(error.location, 302);
  // Without a WWW-Authenticate header: the browser must not open its own password dialog.
  return reply.code(reason.status).type('application/json; charset=utf-8').send(errorEnvelope(reason));
}
