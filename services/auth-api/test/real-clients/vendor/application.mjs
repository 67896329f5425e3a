/**
 * A page that calls Auth API as the vendor's authentication library does. That library is not in the npm registry; its calls are
 * made here by the client that the same generator made for the provisioning library.
 */
import ApiClient from 'genesys-provisioning-client-js/src/internal/code-gen/provisioning-api/ApiClient';

const json = ['application/json'];
const form = ['application/x-www-form-urlencoded'];

/** The calls of `AuthenticationApi`, by their names there. */
function authenticationApi(basePath, apiKey) {
  const client = new ApiClient();
  client.basePath = basePath;
  client.defaultHeaders = { 'x-api-key': apiKey };
  // Node.js alone keeps cookies by hand.
  client.enableCookies = false;

  const call = async (method, path, { query = {}, headers = {}, fields = {}, body = null, types = [] }) => {
    try {
      const sent = [path, method, {}, query, {}, headers, fields, body, [], types, json, Object];
      const { response } = await client.callApi(...sent);
      return { status: response.status, body: response.body, headers: response.headers };
    } catch (error) {
      return { status: error.status ?? 0, body: error.response?.body };
    }
  };
  const by = (Authorization) => ({ headers: { Authorization } });
  return {
    authSchemeLookup: (data) => call('POST', '/auth-scheme', { body: { data }, types: json }),
    retrieveToken: (fields) => call('POST', '/oauth/token', { fields, types: form }),
    getInfo: (authorization) => call('GET', '/openid/userinfo', by(authorization)),
    getInfo1: (authorization) => call('GET', '/userinfo', by(authorization)),
    getJwtInfoUsingGET: (authorization) => call('GET', '/jwt-userinfo', by(authorization)),
    ping: (authorization) => call('GET', '/ping', authorization === undefined ? {} : by(authorization)),
    changePassword: (data, authorization) =>
      call('POST', '/change-password', { ...by(authorization), body: { data }, types: json }),
    signOut: (authorization, query = {}) =>
      call('POST', '/sign-out', { ...by(authorization), query, types: json }),
    signOut1: (authorization, query = {}) => call('GET', '/sign-out', { ...by(authorization), query }),
  };
}

window.authenticationApi = authenticationApi;
