/** Prints a call as a program for Node with the library openid-client. */
import { type Call, type Kind, type Value, variablesOf } from './call.ts';
import type { ProofKey } from './proof-key.ts';
import { clientSecret } from './secret.ts';

/** Needed once: `npm install openid-client@6`. */
export function openidClientOf(call: Call, issuer: string): string {
  const { client, form, key } = call;
  const variables = variablesOf(call).map(({ variable }) => variable);
  const authentication = form ? `oidc.ClientSecretBasic(${clientSecret(client).variable})` : 'oidc.None()';
  return [
    ...(key ? ["import { createPrivateKey, createPublicKey } from 'node:crypto';"] : []),
    "import * as oidc from 'openid-client';",
    '',
    ...(variables.length > 0 ? [`const { ${variables.join(', ')} } = process.env;`] : []),
    'const gatehouse = await oidc.discovery(',
    `  new URL(${literal(issuer)}),`,
    `  ${literal(client.id)},`,
    '  undefined,',
    `  ${authentication},`,
    ...(issuer.startsWith('http:') ? ['  { execute: [oidc.allowInsecureRequests] }, // Only for http.'] : []),
    ');',
    ...(key ? proofHandle(key) : []),
    ...programs[call.kind](call),
  ].join('\n');
}

const programs: Record<Kind, (call: Call) => string[]> = {
  code: ({ arrival, key }) => {
    if (!arrival) throw new Error('a code arrives by the browser');
    const { address, query, state, nonce } = arrival;
    return [
      ...('response' in query ? ['oidc.useJwtResponseMode(gatehouse);'] : []),
      `const arrival = new URL(${literal(address)});`,
      ...Object.entries(query).map(
        ([name, value]) => `arrival.searchParams.set(${literal(name)}, ${expression(value)});`,
      ),
      'const checks = {',
      '  pkceCodeVerifier: CODE_VERIFIER,',
      `  expectedState: ${state.variable},`,
      `  expectedNonce: ${nonce.variable},`,
      '};',
      ...printed('authorizationCodeGrant', 'arrival, checks', key ? ', {}, { DPoP }' : ''),
    ];
  },
  refresh: ({ form = {} }) => printed('refreshTokenGrant', expression(form['refresh_token'] ?? '')),
  'own token': ({ form }) => printed('clientCredentialsGrant', parameters(form, 'grant_type')),
  exchange: ({ form = {} }) =>
    printed(
      'genericGrantRequest',
      `${expression(form['grant_type'] ?? '')}, ${parameters(form, 'grant_type')}`,
    ),
  introspection: ({ form = {} }) => printed('tokenIntrospection', expression(form['token'] ?? '')),
  userinfo: ({ token, key }) =>
    printed('fetchUserInfo', `${token?.secret.variable}, oidc.skipSubjectCheck`, key ? ', { DPoP }' : ''),
  // The library adds client_id and response_type, and its answer is the address for the browser.
  'pushed request': ({ form }) => [
    `const address = await oidc.buildAuthorizationUrlWithPAR(gatehouse, ${parameters(form)});`,
    'console.log(address.href);',
  ],
  'device start': ({ form }) => printed('initiateDeviceAuthorization', parameters(form)),
  'device poll': ({ form }) => [
    '// Asks until the person has answered.',
    ...printed('pollDeviceAuthorizationGrant', polled(form, 'device_code')),
  ],
  'approval start': ({ form }) => printed('initiateBackchannelAuthentication', parameters(form)),
  'approval poll': ({ form }) => [
    '// Asks until the person has answered.',
    ...printed('pollBackchannelAuthenticationGrant', polled(form, 'auth_req_id')),
  ],
  keys: () => [
    'const response = await fetch(gatehouse.serverMetadata().jwks_uri);',
    'console.log(JSON.stringify(await response.json(), null, 2));',
  ],
};

function printed(name: string, values: string, more = ''): string[] {
  return [
    `const answer = await oidc.${name}(gatehouse, ${values}${more});`,
    'console.log(JSON.stringify(answer, null, 2));',
  ];
}

function polled(form: Call['form'], name: string): string {
  return `{ ${name}: ${expression(form?.[name] ?? '')}, interval: 5, expires_in: 300 }`;
}

function parameters(form: Call['form'] = {}, without?: string): string {
  const lines = Object.entries(form)
    .filter(([name]) => name !== without)
    .map(([name, value]) => `  ${name}: ${expression(value)},\n`);
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}}`;
}

function expression(value: Value): string {
  return typeof value === 'string' ? literal(value) : value.variable;
}

function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** toCryptoKey: Node 22.10 and newer. */
function proofHandle({ secret: { variable } }: ProofKey): string[] {
  return [
    "const curve = { name: 'ECDSA', namedCurve: 'P-256' };",
    'const DPoP = oidc.getDPoPHandle(gatehouse, {',
    `  privateKey: createPrivateKey(${variable}).toCryptoKey(curve, false, ['sign']),`,
    `  publicKey: createPublicKey(${variable}).toCryptoKey(curve, true, ['verify']),`,
    '});',
  ];
}
