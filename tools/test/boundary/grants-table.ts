/** How a client of another contact centre attacks by each grant, and by what the token endpoint gave out. */
import { exchangeGrant, urn } from '../../../services/auth-api/test/stack/exchange.ts';
import { cibaGrantType, deviceGrant } from './estate.ts';
import { noPerson, type Table } from './table.ts';

export const grantsTable: Table = {
  authorization_code: [
    { form: { code: '{code}', redirect_uri: '{redirectUri}', code_verifier: '{verifier}' } },
  ],
  refresh_token: [{ form: { refresh_token: '{refreshToken}' } }],
  password: [
    { form: { username: '{domain}\\{userName}', password: '{password}' } },
    { form: { username: '{userName}', tenant: '{domain}', password: '{password}' } },
  ],
  [exchangeGrant]: [
    { form: { subject_token: '{accessToken}', subject_token_type: urn('access_token') } },
    { form: { subject_token: '{idToken}', subject_token_type: urn('id_token') } },
  ],
  'urn:ietf:params:oauth:grant-type:jwt-bearer': [
    { form: { assertion: '{idToken}' } },
    { form: { assertion: '{assertion}' } },
  ],
  'urn:ietf:params:oauth:grant-type:saml2-bearer': [{ form: { assertion: '{idToken}' } }],
  [deviceGrant]: [{ form: { device_code: '{deviceCode}' } }],
  [cibaGrantType]: [{ form: { auth_req_id: '{authReqId}' } }],
  ...noPerson('gives tokens of the client itself', 'client_credentials'),
  ...noPerson('gives tokens of the operator account', 'urn:gatehouse:params:oauth:grant-type:console-link'),
};
