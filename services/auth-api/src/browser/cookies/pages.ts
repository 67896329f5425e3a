/** Builds the addresses of the pages that a browser is sent to: below the public URL, never below a Host header. */

import type { ApprovalResult } from '@gatehouse/contracts/auth-api';
import type { CodeKind } from '@gatehouse/contracts/values';

/** How the login for a device ended; the page shows it. */
export type DeviceResult = 'approved' | 'denied' | 'expired';

export type Pages = ReturnType<typeof createPages>;

export function createPages(publicUrl: string) {
  const page = (name: string) => `${publicUrl}/auth/${name}`;
  const forInteraction = (id: string) => `interaction=${encodeURIComponent(id)}`;
  /** The interaction keeps the reason of a failure; without one the address names it. */
  const failed = (id: string | undefined, failure: string) =>
    id === undefined ? `error=${failure}` : `error&${forInteraction(id)}`;
  return {
    signIn: (id?: string) => page(`sign-in.html${id === undefined ? '' : `?${forInteraction(id)}`}`),
    /** Shows no failure of an attempt before. */
    signInAnew: (id?: string) =>
      page(`sign-in.html?step=name${id === undefined ? '' : `&${forInteraction(id)}`}`),
    /** Leads on to the identity provider. */
    ssoStart: (id: string) => page(`v3/sso/start?${forInteraction(id)}`),
    signInFailed: (id: string | undefined, failure: string) => page(`sign-in.html?${failed(id, failure)}`),
    /** Where a sign-in waits for its second factor. `way`: of the answer that was not taken, where the page has several. */
    secondStep(id?: string, way?: CodeKind) {
      const query = new URLSearchParams({ ...(id && { interaction: id }), ...(way && { way }) });
      return page(`second-step.html${query.size === 0 ? '' : `?${query}`}`);
    },
    consent: (id: string) => page(`consent.html?${forInteraction(id)}`),
    /** `reference` is the request id that the page shows when there is no interaction to keep it. */
    ssoFailed: (id: string | undefined, failure: string, reference: string) =>
      page(
        `sign-in.html?${failed(id, failure)}${id === undefined ? `&reference=${encodeURIComponent(reference)}` : ''}`,
      ),
    /** The page of the console that shows the result of a sign-in as a test. */
    ssoTrial: (contactCenterId: string, query: { protocol: string; location: string; result: string }) =>
      page(`console/contact-centers/${contactCenterId}/single-sign-on/trial?${new URLSearchParams(query)}`),
    changePasswordFailed: (id: string | undefined, failure: string) =>
      page(`change-password.html?${failed(id, failure)}`),
    /** The code goes back to the page, which has no other memory of it. */
    firstPasswordFailed: (failure: string, brokenRules: readonly string[], code: string | undefined) => {
      const rules = brokenRules.length === 0 ? '' : `&rules=${encodeURIComponent(brokenRules.join(' '))}`;
      const again = code === undefined ? '' : `&code=${encodeURIComponent(code)}`;
      return page(`first-password?error=${failure}${rules}${again}`);
    },
    firstPasswordDone: () => page('first-password?result=done'),
    resume: (id: string) => page(`v3/oauth/authorize/resume?${forInteraction(id)}`),
    /** The page where the user types the code of a device; `userCode` fills it in. */
    device: (userCode?: string) => page(`device${userCode === undefined ? '' : `?user_code=${userCode}`}`),
    deviceFailed: (reason: 'unknown' | 'throttled') => page(`device?error=${reason}`),
    deviceDone: (result: DeviceResult) => page(`device?result=${result}`),
    /** The page where a person answers requests for approval. */
    approvals: (result: ApprovalResult) => page(`approvals?result=${result}`),
    signedIn: () => page('signed-in.html'),
    /** Asks whether to sign out. */
    signOut: (logoutId: string) => page(`sign-out.html?logout=${encodeURIComponent(logoutId)}`),
    signedOut: (logoutId?: string) =>
      page(`signed-out.html${logoutId === undefined ? '' : `?logout=${encodeURIComponent(logoutId)}`}`),
  };
}
