/** Names the endpoints that return the user of a token: each is a protected resource of its own. */
export const openIdUserInfoPath = '/auth/v3/openid/userinfo';
export const userInfoPaths = [openIdUserInfoPath, '/auth/v3/userinfo', '/auth/v3/jwt-userinfo'];
