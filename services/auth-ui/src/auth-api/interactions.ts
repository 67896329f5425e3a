/** Reads the pending login that a page belongs to from Auth API, for the browser that started it. */
import type { AuthApiClient, InteractionAnswer } from '@gatehouse/api-client/auth-api';
import type { AuthScheme, AuthSchemeQuestion, InteractionView } from '@gatehouse/contracts/auth-api';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { interactionExpired } from '../pages/error-page.ts';
import { readBrowserCookie } from './browser-cookies.ts';

export const interactionIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,128}$/)
  .optional();

export type Interactions = ReturnType<typeof createInteractions>;

/** A login whose person was named; without a scheme it must still be asked how they sign in. */
export interface NamedLogin {
  interaction: InteractionView | undefined;
  scheme?: AuthScheme | undefined;
}

export function createInteractions({ authApi, publicUrl }: { authApi: AuthApiClient; publicUrl: string }) {
  return {
    /** Undefined for a sign-in without an application. @throws AppError interaction_expired, UpstreamError */
    async read(request: FastifyRequest, id: string | undefined): Promise<InteractionView | undefined> {
      if (id === undefined) return undefined;
      const browser = readBrowserCookie(request, publicUrl);
      const answer = await authApi.readInteraction(id, browser, { requestId: request.id });
      return found(request, answer).interaction;
    },
    /** Asks in the same call how the named person signs in. @throws as read */
    async readNamed(
      request: FastifyRequest,
      id: string | undefined,
      question: AuthSchemeQuestion,
    ): Promise<NamedLogin> {
      if (id === undefined) return { interaction: undefined };
      const browser = readBrowserCookie(request, publicUrl);
      const options = { requestId: request.id };
      return found(request, await authApi.readNamedLogin(id, browser, question, request.ip, options));
    },
  };
}

function found(
  request: FastifyRequest,
  answer: InteractionAnswer,
): Extract<InteractionAnswer, { found: true }> {
  if (!answer.found) throw interactionExpired(answer.reason);
  // Should the page become one about an error.
  request.knownBranding = answer.interaction.branding ?? request.knownBranding;
  return answer;
}
