/** Reads the pending login that a page belongs to from Auth API, for the browser that started it. */
import type { AuthApiClient } from '@gatehouse/api-client/auth-api/client';
import type { InteractionView } from '@gatehouse/contracts/auth-api/interaction';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { interactionExpired } from '../pages/error-page.ts';
import { readBrowserCookie } from './browser-cookies.ts';

export const interactionIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,128}$/)
  .optional();

export type Interactions = ReturnType<typeof createInteractions>;

export function createInteractions({ authApi, publicUrl }: { authApi: AuthApiClient; publicUrl: string }) {
  return {
    /** Undefined for a sign-in without an application. @throws AppError interaction_expired, UpstreamError */
    async read(request: FastifyRequest, id: string | undefined): Promise<InteractionView | undefined> {
      if (id === undefined) return undefined;
      const browser = readBrowserCookie(request, publicUrl);
      const answer = await authApi.readInteraction(id, browser, { requestId: request.id });
      if (!answer.found) throw interactionExpired(answer.reason);
      return answer.interaction;
    },
  };
}
