/** Answers an authorization request: to the client, or to the device that the user lets in. */
import { OAuthError } from '@gatehouse/caller-auth/oauth-errors';
import { noteRefusal } from '@gatehouse/service-kit/errors';
import type { Browser } from '../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import type { Devices } from '../../browser/devices/service.ts';
import type { AuthorizationRequest } from '../../core/protocol/authorization-request.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { Conclusion } from './authorization-decision.ts';
import type { IssueAuthorization, ProvedUser } from './authorization-issue.ts';
import {
  authorizationResponse,
  type NextStep,
  type ResponseTarget,
  responseFields,
} from './authorization-response.ts';
import type { PushedRequests } from './pushed-requests.ts';
import { invalidRequestUri } from './request-sources.ts';
import type { ResponseJwt } from './response-jwt.ts';

export interface AnswerOptions {
  issuer: string;
  pushedRequests: Pick<PushedRequests, 'use'>;
  devices: Pick<Devices, 'approve' | 'deny'>;
  issue: IssueAuthorization;
  responseJwt: ResponseJwt;
  pages: Pages;
}

export function createAnswers(options: AnswerOptions) {
  const { issuer, pushedRequests, devices, issue, responseJwt, pages } = options;

  async function respond(
    target: ResponseTarget,
    client: Client,
    answer: Record<string, string>,
  ): Promise<NextStep> {
    const fields = responseFields(target, issuer, answer);
    return authorizationResponse(
      target,
      target.asJwt ? { response: await responseJwt(client, fields) } : fields,
    );
  }

  return {
    /** @throws OAuthError when the pushed request was answered already (RFC 9126 section 4); AppError (503) */
    async toClient(
      request: AuthorizationRequest,
      client: Client,
      proved: ProvedUser,
      browser: Browser,
    ): Promise<NextStep> {
      const { pushedRequestUri } = request;
      if (pushedRequestUri !== undefined && !(await pushedRequests.use(pushedRequestUri)))
        throw invalidRequestUri();
      return respond(request, client, await issue(request, client, proved, browser));
    },

    async toDevice(
      request: AuthorizationRequest,
      conclusion: Conclusion,
      browser: Browser,
    ): Promise<NextStep> {
      const result =
        'session' in conclusion
          ? await devices.approve(request, conclusion.session, browser.request)
          : await devices.deny(request, browser.request);
      return { redirectTo: pages.deviceDone(result) };
    },

    /** Sends errors that belong to the client there; every other error becomes a page. */
    async orError(
      target: ResponseTarget,
      client: Client,
      { request }: Browser,
      work: () => Promise<NextStep>,
    ): Promise<NextStep> {
      try {
        return await work();
      } catch (error) {
        // An error with a challenge is for the program that sent credentials here.
        if (!(error instanceof OAuthError) || error.status >= 500 || error.challenge !== undefined)
          throw error;
        noteRefusal(request, error);
        const { name, message } = error;
        return respond(target, client, { error: name, error_description: message });
      }
    },
  };
}
