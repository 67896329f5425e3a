/** Answers an authorization request: to the client, or to the device that the user lets in. */
import { OAuthError } from '@gatehouse/service-kit/errors/oauth-error';
import type { Browser } from '../browser/browser-cookies.ts';
import type { Pages } from '../browser/pages.ts';
import type { Client } from '../clients/client.ts';
import type { Devices } from '../devices/service.ts';
import type { AuthorizationRequest } from '../protocol/authorization-request.ts';
import type { Conclusion } from './authorization-decision.ts';
import type { IssueAuthorization, ProvedUser } from './authorization-issue.ts';
import { authorizationResponse, type NextStep, type ResponseTarget } from './authorization-response.ts';
import type { PushedRequests } from './pushed-requests.ts';
import { invalidRequestUri } from './request-sources.ts';

export interface AnswerOptions {
  issuer: string;
  pushedRequests: Pick<PushedRequests, 'use'>;
  devices: Pick<Devices, 'approve' | 'deny'>;
  issue: IssueAuthorization;
  pages: Pages;
}

export function createAnswers({ issuer, pushedRequests, devices, issue, pages }: AnswerOptions) {
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
      return authorizationResponse(request, issuer, await issue(request, client, proved, browser));
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
    async orError(target: ResponseTarget, work: () => Promise<NextStep>): Promise<NextStep> {
      try {
        return await work();
      } catch (error) {
        // An error with a challenge is for the program that sent credentials here.
        if (!(error instanceof OAuthError) || error.status >= 500 || error.challenge !== undefined)
          throw error;
        const { name, message } = error;
        return authorizationResponse(target, issuer, { error: name, error_description: message });
      }
    },
  };
}
