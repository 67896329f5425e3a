/** Holds the prose of docs/reference/standards.md, before and after the tables. */

export const introduction = `# Standards

\`npm run generate\` writes this page from \`docs/reference/standards.yaml\`. A test fails where a row names a test or a setting that does not exist, and
where the discovery document announces something that no row explains.

**supported**: always on; the setting tunes it. **off**: on for the clients or installations whose setting says so. **no**: not there, with the reason.

`;

export const explanations = `
## Why there is no session iframe

OpenID Connect Session Management lets an application poll a frame of the provider, which reads the provider's cookie and says whether the session
still lives. Browsers give a frame of another site no cookies, or a separate set of them (Safari since 2020, Firefox by default, Chromium where the user asks for
it). The frame would then say "changed" to people who are signed in, and the application would sign them out, or ask at every poll. Letting the cookie into frames
(\`SameSite=None\`) would weaken our defence against forged requests for everybody. What to use instead:

- Back-channel logout tells the application's server within a second, whatever the browser does.
- \`prompt=none\` at the next navigation tells a page whether the session lives.
- Introspection tells an API, within a second, that a session has ended.

## OAuth 2.1

The draft removes implicit and password grants, requires PKCE and exact redirect URIs, and restricts refresh tokens. These settings together do:

| where | setting |
| --- | --- |
| installation | \`GATEHOUSE_COMPAT_ENABLED=false\` (the default; \`npm start -- --compat off\`) |
| each client | \`requirePkce: true\` (the default of new clients), \`redirectMatching: exact\` (the default), \`responseTypes: ["code"]\` |
| each client | \`authorizedGrantTypes\` without \`implicit\` and \`password\`; \`basicAuthorize\` not set |
| public clients | rotation of refresh tokens, which is always on, or \`dpopBoundAccessTokens: true\` |

Access tokens in the query of an address are never accepted.

## FAPI 2.0

| profile | setting of the client |
| --- | --- |
| Security Profile | \`tokenEndpointAuthMethod: private_key_jwt\` with \`jwks\` or \`jwksUri\`, \`requirePushedAuthorizationRequests: true\`, and \`dpopBoundAccessTokens: true\` or \`tlsClientCertificateBoundAccessTokens: true\`; \`idTokenSignedResponseAlg\` and, for JWTs, \`accessTokenSignedResponseAlg\`: ES256 or EdDSA |
| Message Signing | also \`requireSignedRequestObject: true\`, \`authorizationSignedResponseAlg\` (JARM) and, of the client that stands for the resource, \`introspectionSignedResponseAlg\`: ES256 or EdDSA |

\`GATEHOUSE_REQUIRE_PUSHED_REQUESTS=true\` requires pushed requests of every client. Everything else of the profile (issuer in answers, S256, one use of codes,
algorithms) follows from these fields ([details](../guides/sender-constrained-tokens.md#fapi-20-security-profile)).
`;
