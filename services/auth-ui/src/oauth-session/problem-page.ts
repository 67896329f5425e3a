/** Shows why a session could not begin or go on, with a link to go on by. */
import { AppError } from '@gatehouse/service-kit/errors/app-error';
import { sendErrorPage } from '@gatehouse/service-kit/errors/render-html';
import { languageOf } from '@gatehouse/service-kit/html/language';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { brandOf } from '../pages/error-page.ts';
import { type TextKey, textsIn } from '../texts/texts.ts';

interface Problem {
  status: number;
  title: TextKey;
  text: TextKey;
  action: { href: string; label: TextKey };
}

export const problems = {
  /** A form arrived after the session had ended. */
  ended: { status: 401, title: 'console.session.ended.title', text: 'console.session.ended.text' },
  /** The answer to a sign-in that we know nothing of. */
  unknown: { status: 400, title: 'console.session.unknown.title', text: 'console.session.unknown.text' },
  /** The browser keeps no cookies, or another window was quicker twice. */
  overtaken: {
    status: 400,
    title: 'console.session.overtaken.title',
    text: 'console.session.overtaken.text',
  },
  /** Auth API did not let the person in. */
  refused: { status: 403, title: 'console.session.refused.title', text: 'console.session.refused.text' },
  /** The page is about a person. */
  operator: { status: 403, title: 'console.session.operator.title', text: 'console.session.operator.text' },
} as const;

/** `href`: where the link of the page leads. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  name: keyof typeof problems,
  href: string,
): FastifyReply {
  const problem: Problem = { ...problems[name], action: { href, label: 'button.continue' } };
  const language = languageOf(request);
  const text = textsIn(language);
  const error = new AppError(`session_${name}`, problem.status, text(problem.title));
  return sendErrorPage(request, reply.header('content-language', language), error, {
    title: text(problem.title),
    text: text(problem.text),
    language,
    brand: brandOf(request, language),
    correlationLabel: text('support.correlationId'),
    action: { href: problem.action.href, label: text(problem.action.label) },
  });
}
