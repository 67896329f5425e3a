/** Addresses of the pages a browser is sent to; all of them below the public URL, never below a Host header. */

/** How the login for a device ended; the page shows it. */
export type DeviceResult = 'approved' | 'denied' | 'expired';

export interface Pages {
  signIn(interactionId?: string): string;
  /** Leads on to the identity provider. */
  ssoStart(interactionId: string): string;
  signInFailed(interactionId: string | undefined, failure: string): string;
  consent(interactionId: string): string;
  /** `reference` is the request id that the page shows where there is no interaction to keep it. */
  ssoFailed(interactionId: string | undefined, failure: string, reference: string): string;
  changePasswordFailed(interactionId: string | undefined, failure: string): string;
  resume(interactionId: string): string;
  /** Where the code of a device is typed; with it, the code is filled in. */
  device(userCode?: string): string;
  deviceFailed(reason: 'unknown' | 'throttled'): string;
  deviceDone(result: DeviceResult): string;
  signedIn(): string;
  /** Asks whether to sign out. */
  signOut(logoutId: string): string;
  signedOut(logoutId?: string): string;
}

export function createPages(publicUrl: string): Pages {
  // Without an interaction there is no place to keep the reason, so the page gets its name.
  const reason = (id: string | undefined, failure: string) =>
    id === undefined ? `=${failure}` : `&interaction=${encodeURIComponent(id)}`;
  return {
    signIn: (id) =>
      `${publicUrl}/auth/sign-in.html${id === undefined ? '' : `?interaction=${encodeURIComponent(id)}`}`,
    ssoStart: (id) => `${publicUrl}/auth/v3/sso/start?interaction=${encodeURIComponent(id)}`,
    signInFailed: (id, failure) => `${publicUrl}/auth/sign-in.html?error${reason(id, failure)}`,
    consent: (id) => `${publicUrl}/auth/consent.html?interaction=${encodeURIComponent(id)}`,
    ssoFailed: (id, failure, reference) =>
      `${publicUrl}/auth/sign-in.html?error${reason(id, failure)}${id === undefined ? `&reference=${encodeURIComponent(reference)}` : ''}`,
    changePasswordFailed: (id, failure) =>
      `${publicUrl}/auth/change-password.html?error${reason(id, failure)}`,
    resume: (id) => `${publicUrl}/auth/v3/oauth/authorize/resume?interaction=${encodeURIComponent(id)}`,
    device: (userCode) => `${publicUrl}/auth/device${userCode === undefined ? '' : `?user_code=${userCode}`}`,
    deviceFailed: (failure) => `${publicUrl}/auth/device?error=${failure}`,
    deviceDone: (result) => `${publicUrl}/auth/device?result=${result}`,
    signedIn: () => `${publicUrl}/auth/signed-in.html`,
    signOut: (id) => `${publicUrl}/auth/sign-out.html?logout=${encodeURIComponent(id)}`,
    signedOut: (id) =>
      `${publicUrl}/auth/signed-out.html${id === undefined ? '' : `?logout=${encodeURIComponent(id)}`}`,
  };
}
