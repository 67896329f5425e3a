/** Shows why a session could not begin or go on, with a link to go on by. */
import { AppError, sendErrorPage } from '@gatehouse/service-kit/errors';
import { brandOf, languageOf } from '@gatehouse/service-kit/html';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { textsIn } from '../texts/texts.ts';

const problems = {
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
  const { status, title, text: explanation } = problems[name];
  const language = languageOf(request);
  const text = textsIn(language);
  return sendErrorPage(request, reply, new AppError(`session_${name}`, status, text(title)), {
    title: text(title),
    text: text(explanation),
    language,
    brand: request.knownBranding && brandOf(request.knownBranding),
    correlationLabel: text('support.correlationId'),
    action: { href, label: text('button.continue') },
  });
}
