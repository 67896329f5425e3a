/** Renders errors as pages with an explanation, a reference for support and a link to go on. */
import { UpstreamError } from '@gatehouse/api-client/http';
import {
  AppError,
  normalizeError,
  notFound,
  reportError,
  sendErrorPage,
  tooManyRequests,
  unavailable,
} from '@gatehouse/service-kit/errors';
import { brandOf, languageOf } from '@gatehouse/service-kit/html';
import { wrongMethod } from '@gatehouse/service-kit/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Text, textsIn } from '../texts/texts.ts';

const signInPath = '/auth/sign-in.html';

/** For `setErrorHandler`; `application` is where the one begins that waits for the sign-in. */
export function pageErrorHandler(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  application?: URL,
): FastifyReply {
  const error = thrown instanceof UpstreamError ? fromAuthApi(thrown) : normalizeError(thrown);
  reportError(request, reply, error);
  const language = languageOf(request);
  const text = textsIn(language);
  const kind = kindOf(error);
  return sendErrorPage(request, reply, error, {
    title: text(`error.${kind}.title`),
    text: text(`error.${kind}.text`),
    language,
    brand: request.knownBranding && brandOf(request.knownBranding),
    correlationLabel: text('support.correlationId'),
    action: nextAction(kind, request, text, application),
  });
}

export function notFoundPage(request: FastifyRequest, reply: FastifyReply): never {
  throw wrongMethod(request, reply)?.error ?? notFound('There is no such page');
}

/** The same page for an expired login and one of another browser, so that nothing can be probed. */
export function interactionExpired(reason: string): AppError {
  return new AppError('interaction_expired', 410, 'This sign-in has expired', {
    detail: `the interaction is ${reason}`,
  });
}

/** The second step of a sign-in has ended, or belongs to another browser. */
export function secondStepExpired(): AppError {
  return new AppError('second_step_expired', 410, 'This step of the sign-in has ended');
}

/** A form that another site sent. */
export function foreignForm(): AppError {
  return new AppError('foreign_form', 403, 'This form came from another site');
}

type Kind =
  | 'interactionExpired'
  | 'secondStepExpired'
  | 'notFound'
  | 'badRequest'
  | 'forbidden'
  | 'tooManyRequests'
  | 'unavailable'
  | 'internal';

function kindOf({ name, status }: AppError): Kind {
  if (name === 'interaction_expired') return 'interactionExpired';
  if (name === 'second_step_expired') return 'secondStepExpired';
  if (name === 'foreign_form') return 'forbidden';
  if (status === 404) return 'notFound';
  if (status === 429) return 'tooManyRequests';
  if (status === 503) return 'unavailable';
  return status >= 500 ? 'internal' : 'badRequest';
}

function nextAction(
  kind: Kind,
  request: FastifyRequest,
  text: Text,
  application: URL | undefined,
): { href: string; label: string } {
  const canRepeat = request.method === 'GET' && (kind === 'unavailable' || kind === 'internal');
  if (canRepeat) return { href: request.url, label: text('button.tryAgain') };
  // The application is named by its host: a name can be made up, a host tells whose page it is.
  if (kind === 'interactionExpired' && application)
    return { href: application.href, label: text('button.backTo', { host: application.host }) };
  // The application may wait yet, and its sign-in begins at the user name.
  const { interaction } = request.query as { interaction?: string };
  if (kind === 'secondStepExpired' && interaction !== undefined)
    return {
      href: `${signInPath}?${new URLSearchParams({ interaction })}`,
      label: text('button.startAgain'),
    };
  return {
    href: signInPath,
    label: text(kind === 'interactionExpired' ? 'button.signInHere' : 'button.startAgain'),
  };
}

function fromAuthApi(error: UpstreamError): AppError {
  if (error.status === undefined || error.status >= 500) {
    return unavailable(error.dependency, { cause: error, retryAfterSeconds: 2 });
  }
  if (error.status === 429) return tooManyRequests(5, { cause: error });
  const detail = `${error.dependency} refused the call with ${error.status}: is the service client the same in both?`;
  return new AppError('upstream_refused', 500, 'Sign-in is not set up correctly', { cause: error, detail });
}
