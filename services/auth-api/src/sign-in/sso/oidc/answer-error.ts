/** Translates the errors of openid-client into reasons for the operator. */
import * as openid from 'openid-client';
import { SsoError } from '../failure.ts';
import { asProviderError, messageOf, outboundErrorIn } from './provider.ts';

/** Codes of the library by what they mean for the operator. */
const reasons: Record<string, 'wrong_audience' | 'wrong_time' | 'signature_invalid' | 'algorithm_refused'> = {
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'wrong_time',
  OAUTH_KEY_SELECTION_FAILED: 'signature_invalid',
  OAUTH_JWT_SIGNATURE_VERIFICATION_FAILED: 'signature_invalid',
};

export function asSsoError(error: unknown): SsoError {
  if (error instanceof SsoError) return error;
  if (error instanceof openid.AuthorizationResponseError) {
    const { error: code, error_description: description } = error;
    return new SsoError(
      'provider_refused',
      [code, description].filter(Boolean).join(': ').slice(0, 300),
      error,
    );
  }
  if (error instanceof openid.ResponseBodyError) {
    const isClient = ['invalid_client', 'unauthorized_client'].includes(error.error);
    const detail = `the token endpoint answered ${error.error} ${error.error_description ?? ''}`.slice(
      0,
      300,
    );
    return new SsoError(isClient ? 'client_rejected' : 'response_malformed', detail, error);
  }
  if (error instanceof openid.WWWAuthenticateChallengeError)
    return new SsoError('client_rejected', `the provider answered ${error.status} with a challenge`, error);
  if (outboundErrorIn(error) !== undefined) return asProviderError(error, 'token endpoint, keys or UserInfo');
  const { code = '' } = error as { code?: string };
  return new SsoError(reasonOf(code, error), `${messageOf(error)} ${attributeOf(error)}`.trim(), error);
}

function reasonOf(code: string, error: unknown) {
  const known = reasons[code];
  if (known !== undefined) return known;
  const attribute = attributeOf(error);
  if (attribute.includes('aud') || attribute.includes('azp')) return 'wrong_audience';
  if (attribute.includes('iss')) return 'wrong_issuer';
  if (attribute.includes('nonce')) return 'wrong_state';
  if (/signature/i.test(messageOf(error))) return 'signature_invalid';
  if (/\balg\b|algorithm/i.test(messageOf(error))) return 'algorithm_refused';
  return 'response_malformed';
}

/** The claim that the library found wrong. */
function attributeOf(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const facts = cause.cause as { claim?: unknown; attribute?: unknown } | undefined;
    const named = facts?.claim ?? facts?.attribute;
    if (typeof named === 'string') return `(${named})`;
  }
  return '';
}
