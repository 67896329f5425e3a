/** The cookies that Auth API gives a browser; Auth UI only passes them on. */

/** Binds an interaction to the browser that started it. */
export function browserCookieName(publicUrl: string): string {
  return cookieName('gatehouse-browser', publicUrl);
}

export function sessionCookieName(publicUrl: string): string {
  return cookieName('gatehouse-session', publicUrl);
}

/** RFC 6265bis section 4.1.3.2: `__Host-` needs Secure, which plain HTTP on a loopback address cannot have. */
function cookieName(name: string, publicUrl: string): string {
  return publicUrl.startsWith('https:') ? `__Host-${name}` : name;
}
