/** Names the grant of OpenID CIBA, which registrations, tokens and the token endpoint share. */
export const backchannelGrantType = 'urn:openid:params:grant-type:ciba';
