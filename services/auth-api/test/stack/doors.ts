/** The smallest browser: what sessions and interactions read from a request and write to a reply. */
import type { Browser } from '../../src/browser/cookies/browser-cookies.ts';

export interface Door extends Browser {
  readonly cookies: Record<string, string>;
  /** Of the cookie that was set last; undefined: it ends with the browser. */
  readonly maxAgeSeconds: number | undefined;
}

export function openDoor(headers: Record<string, string> = {}): Door {
  const cookies: Record<string, string> = {};
  let maxAgeSeconds: number | undefined;
  return {
    get maxAgeSeconds() {
      return maxAgeSeconds;
    },
    cookies,
    request: { id: 'test', cookies, headers, ip: '203.0.113.7', method: 'GET', url: '/' },
    reply: {
      setCookie(name, value, { maxAge }) {
        if (maxAge === 0) delete cookies[name];
        else cookies[name] = value;
        maxAgeSeconds = maxAge;
      },
    },
  };
}
