/** Reads what the authorization server says about itself. */

export interface Issuer {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  introspection_endpoint: string;
  userinfo_endpoint: string;
  end_session_endpoint?: string;
  jwks_uri: string;
  pushed_authorization_request_endpoint: string;
  device_authorization_endpoint: string;
  backchannel_authentication_endpoint: string;
}

export interface IssuerAddress {
  issuer: string;
  /** Where this process reaches the issuer, whose own address may be one that only browsers reach. */
  issuerOrigin: string;
}

/** For every address of the issuer. */
export function reachedFrom({ issuer, issuerOrigin }: IssuerAddress): (url: string) => string {
  return (url) => url.replace(new URL(issuer).origin, issuerOrigin);
}

export async function readIssuer(address: IssuerAddress): Promise<Issuer> {
  const { issuer } = address;
  const response = await fetch(reachedFrom(address)(`${issuer}/.well-known/openid-configuration`), {
    signal: AbortSignal.timeout(5000),
  });
  const metadata = (await response.json()) as Issuer;
  // OpenID Connect Discovery 4.3
  if (metadata.issuer !== issuer)
    throw new Error(`the metadata of ${issuer} names another issuer, ${metadata.issuer}`);
  return metadata;
}
