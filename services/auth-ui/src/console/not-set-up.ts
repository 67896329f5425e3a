/** Answers in place of the console where the address of Environment API is not set. */
import { AppError, sendErrorPage } from '@gatehouse/service-kit/errors';
import { brandOf, languageOf } from '@gatehouse/service-kit/html';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { textsIn } from '../texts/texts.ts';

export async function notSetUpRoutes(pages: App): Promise<void> {
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const language = languageOf(request);
    const text = textsIn(language);
    const error = new AppError('console_not_set_up', 404, 'The console is not set up here');
    return sendErrorPage(request, reply, error, {
      title: text('console.notSetUp.title'),
      text: text('console.notSetUp.text'),
      language,
      brand: request.knownBranding && brandOf(request.knownBranding),
      correlationLabel: text('support.correlationId'),
      action: { href: '/auth/account', label: text('button.account') },
    });
  };
  for (const url of ['', '/*']) pages.all(url, { schema: { hide: true } }, answer);
}
