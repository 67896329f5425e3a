/** The pending login that a page belongs to, read from Auth API for the browser that started it. */
import type { AuthApiClient } from '@gatehouse/contracts/auth-api/client';
import type { InteractionView } from '@gatehouse/contracts/auth-api/interaction';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readBrowserCookie } from '../auth-api/browser-cookies.ts';
import { interactionExpired } from '../pages/error-page.ts';

export const interactionIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,128}$/)
  .optional();

export interface InteractionSource {
  authApi: Pick<AuthApiClient, 'readInteraction'>;
  config: { publicUrl: string };
}

/** Undefined for a sign-in without an application. @throws AppError interaction_expired, UpstreamError */
export async function readInteraction(
  deps: InteractionSource,
  request: FastifyRequest,
  id: string | undefined,
): Promise<InteractionView | undefined> {
  if (id === undefined) return undefined;
  const browser = readBrowserCookie(request, deps.config.publicUrl);
  const answer = await deps.authApi.readInteraction(id, browser, { requestId: request.id });
  if (!answer.found) throw interactionExpired(answer.reason);
  return answer.interaction;
}
