/** The `fetch` that openid-client calls, made of the guarded outbound calls: public addresses only, bounded in time and size. */
import type { Outbound } from '@gatehouse/service-kit/outbound/outbound';
import type { CustomFetch } from 'openid-client';

/** Answers that are no success and are read all the same: they say what was wrong (RFC 6749 section 5.2). */
const tellingStatuses = [400, 401, 403];

export function fetchThrough(outbound: Pick<Outbound, 'send'>): CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    const {
      status,
      headers: answered,
      text,
    } = await outbound.send({
      url,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-type')),
      ...(method === 'POST' ? { form: Object.fromEntries(new URLSearchParams(String(body ?? ''))) } : {}),
      alsoStatuses: tellingStatuses,
      ...(signal === undefined ? {} : { signal }),
    });
    const { 'content-type': type, 'www-authenticate': challenge } = answered;
    return new Response(text, {
      status,
      headers: {
        ...(type === undefined ? {} : { 'content-type': String(type) }),
        ...(challenge === undefined ? {} : { 'www-authenticate': String(challenge) }),
      },
    });
  };
}
