/** A sign-out that waits for its user, as Auth UI reads it. */

import { basicAuthorization } from '@gatehouse/api-client/http';
import { browserHeader, type LogoutView } from '@gatehouse/contracts/auth-api';
import { type AuthApi, internalAppOf, serviceClient } from './auth-api.ts';
import type { Browser } from './browser.ts';
import { browserCookie } from './interaction.ts';

/** Undefined for any other browser. */
export async function readLogout(
  { app }: Pick<AuthApi, 'app'>,
  browser: Browser,
  id: string,
): Promise<LogoutView> {
  const answer = await internalAppOf(app).inject({
    url: `/auth/v3/internal/logouts/${id}`,
    headers: {
      authorization: basicAuthorization(serviceClient.id, serviceClient.secret),
      [browserHeader]: browser.cookies.get(browserCookie) ?? '',
    },
  });
  return answer.json().data as LogoutView;
}
