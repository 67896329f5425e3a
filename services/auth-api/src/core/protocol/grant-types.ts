/** Names the grants that registrations, tokens and the token endpoint share. */

/** OpenID CIBA. */
export const backchannelGrantType = 'urn:openid:params:grant-type:ciba';

/** RFC 8693. */
export const exchangeGrantType = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** RFC 7523. */
export const jwtBearerGrantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** RFC 7522. */
export const samlBearerGrantType = 'urn:ietf:params:oauth:grant-type:saml2-bearer';

/** RFC 8628. */
export const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code';
