/** Addresses of the pages a browser is sent to; all of them below the public URL, never below a Host header. */

export interface Pages {
  signIn(interactionId?: string): string;
  signInFailed(interactionId?: string): string;
  changePasswordFailed(interactionId: string | undefined, failure: string): string;
  resume(interactionId: string): string;
  signedIn(): string;
  signedOut(): string;
}

export function createPages(publicUrl: string): Pages {
  const withInteraction = (id: string | undefined) =>
    id === undefined ? '' : `&interaction=${encodeURIComponent(id)}`;
  return {
    signIn: (id) =>
      `${publicUrl}/auth/sign-in.html${id === undefined ? '' : `?interaction=${encodeURIComponent(id)}`}`,
    signInFailed: (id) => `${publicUrl}/auth/sign-in.html?error${withInteraction(id)}`,
    // Without an interaction there is no place to keep the reason, so the page gets its name.
    changePasswordFailed: (id, failure) =>
      `${publicUrl}/auth/change-password.html?error${id === undefined ? `=${failure}` : withInteraction(id)}`,
    resume: (id) => `${publicUrl}/auth/v3/oauth/authorize/resume?interaction=${encodeURIComponent(id)}`,
    signedIn: () => `${publicUrl}/auth/signed-in.html`,
    signedOut: () => `${publicUrl}/auth/signed-out.html`,
  };
}
