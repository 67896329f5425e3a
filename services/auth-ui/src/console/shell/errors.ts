/** Answers errors inside the console: with its navigation where the person is known. */
import { reasonOf, UpstreamError } from '@gatehouse/api-client/http';
import { consolePath } from '@gatehouse/contracts/auth-api';
import { AppError, normalizeError, notFound, reportError, unavailable } from '@gatehouse/service-kit/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OAuthSession } from '../../oauth-session/compose.ts';
import { knownPersonOf } from '../../oauth-session/guard.ts';
import { rightsOf } from '../../oauth-session/session.ts';
import { pageErrorHandler } from '../../pages/error-page.ts';
import { textsIn } from '../../texts/texts.ts';
import { askForSignIn } from './fresh-sign-in.ts';
import { problemView } from './pages.ts';
import { problemOf } from './problem.ts';
import type { Shell } from './shell.ts';

export function consoleErrorHandler(shell: Shell, session: OAuthSession) {
  return async (thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const answered = await session.answerBySignIn(thrown, request, reply, (reason) =>
      askForSignIn(shell, session, shell.begin(request, reply), reason),
    );
    if (answered !== undefined) return answered;
    if (knownPersonOf(request) === undefined) return pageErrorHandler(thrown, request, reply);
    const error = thrown instanceof UpstreamError ? fromApi(thrown) : normalizeError(thrown);
    if (error.name === 'foreign_form') return pageErrorHandler(thrown, request, reply);
    reportError(request, reply, error);
    const visit = shell.begin(request, reply.code(error.status));
    const { text } = visit;
    const kind = kindOf(error);
    const reason = thrown instanceof UpstreamError ? problemOf(thrown, text).message : error.message;
    const { installation, contactCenter, lesser } = rightsOf(visit.person);
    const hasRight = installation || contactCenter || lesser.length > 0;
    const isWithoutRight = kind === 'forbidden' && !hasRight;
    return shell.show(visit, problemView, {
      title: text(isWithoutRight ? 'console.noRight.title' : `console.problem.${kind}.title`),
      lead: text(isWithoutRight ? 'console.noRight.text' : `console.problem.${kind}.text`),
      message:
        (kind === 'badRequest' || saysWho(reasonOf(thrown))) && reason !== ''
          ? { kind: 'danger', title: reason }
          : undefined,
      reference: isWithoutRight ? undefined : request.id,
      next: isWithoutRight
        ? { label: text('button.account'), href: '/auth/account' }
        : canRepeat(kind, request)
          ? { label: text('button.tryAgain'), href: request.url }
          : { label: text('console.problem.home'), href: consolePath },
    });
  };
}

/** Refusals whose text names who makes the change. */
function saysWho(refusal = ''): boolean {
  return ['place_of_administrators', 'person_with_right', 'appointing_not_allowed'].includes(refusal);
}

export function noSuchPage(): never {
  throw notFound('There is no such page');
}

function kindOf({ status }: AppError): 'forbidden' | 'notFound' | 'badRequest' | 'unavailable' | 'internal' {
  if (status === 403) return 'forbidden';
  if (status === 404) return 'notFound';
  if (status === 503 || status === 429) return 'unavailable';
  return status >= 500 ? 'internal' : 'badRequest';
}

function canRepeat(kind: ReturnType<typeof kindOf>, { method }: FastifyRequest): boolean {
  return method === 'GET' && (kind === 'unavailable' || kind === 'internal');
}

function fromApi(error: UpstreamError): AppError {
  const { status } = error;
  if (status === undefined || status >= 500)
    return unavailable(error.dependency, { cause: error, retryAfterSeconds: 2 });
  return new AppError('refused_by_api', status, problemOf(error, textsIn('en')).message, { cause: error });
}
