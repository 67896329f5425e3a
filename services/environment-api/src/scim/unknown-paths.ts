/** Answers paths of SCIM that have no route, and wrong methods, by the error of SCIM (RFC 7644 section 3.12). */
import { AppError, notFound } from '@gatehouse/service-kit/errors';
import { type App, acceptJsonAs, wrongMethod } from '@gatehouse/service-kit/http';
import { scimErrorHandler } from './errors.ts';

/** In a scope of its own: nobody is asked who they are, as at other addresses where there is nothing. */
export function unknownPaths(scim: App): void {
  scim.setErrorHandler(scimErrorHandler);
  acceptJsonAs('application/scim+json', scim);
  scim.setNotFoundHandler((request, reply) => {
    const wrong = wrongMethod(request, reply);
    if (wrong !== undefined) throw wrong.error;
    // RFC 7644 section 3.11: /Me is whoever the credentials belong to.
    if (/\/scim\/v2\/Me(?:\?|$)/.test(request.url))
      throw new AppError('not_implemented', 501, 'There is no /Me here: a key belongs to no person');
    throw notFound(`There is nothing at ${request.method} ${scim.shownPathOf(request)}`);
  });
}
