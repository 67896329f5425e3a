import { describe, expect, it } from 'vitest';
import { leave, post } from '../sign-in/sso/stack/saml-journey.ts';
import { encode, honestResponse } from '../sign-in/sso/stack/saml-provider.ts';
import { contactCenterId } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { aimAtSaml, expectRefused, key, othersKey, stack } from './saml-target.ts';

aimAtSaml();

describe('68 · what is nobody’s business', () => {
  it('no assertion, no session index and no ticket is in a log line', async () => {
    const leaving = await leave(stack);
    const xml = honestResponse({ ...leaving.facts, sessionIndex: 'secret-session-index' }, key);
    const posted = await post(leaving, xml);
    await leaving.browser.get(posted.location ?? '');
    const ticket = new URL(posted.location ?? '').searchParams.get('ticket') ?? 'none';
    for (const secret of [ticket, encode(xml).slice(0, 64), 'secret-session-index'])
      expect(stack.logged()).not.toContain(secret);
  });

  it('66 · contact centres that there are not leave nothing behind, in the metrics least of all', async () => {
    const made = '99999999-9999-4999-8999-999999999999';
    const place = `/auth/v3/saml/${made}/-`;
    const browser = createBrowser(stack.app);
    expect((await browser.postForm(`${place}/acs`, { SAMLResponse: 'AAAA' })).status).toBe(404);
    expect((await browser.get(`${place}/slo?SAMLRequest=AAAA`)).status).toBe(404);
    expect(await stack.deps.kit.metrics.expose()).not.toContain(made);
  });

  it('metrics count refusals and wrong clocks apart, by the names that alert rules know', async () => {
    const [leaving, another] = [await leave(stack), await leave(stack)];
    await expectRefused(leaving, honestResponse({ ...leaving.facts, shiftSeconds: -600 }, key));
    await expectRefused(another, honestResponse(another.facts, othersKey));
    const text = await stack.deps.kit.metrics.expose();
    expect(text).toMatch(new RegExp(`auth_saml_timing_errors\\{contactCenter="${contactCenterId}"\\} \\d`));
    expect(text).toMatch(new RegExp(`auth_saml_response_errors\\{contactCenter="${contactCenterId}"\\} \\d`));
  });
});
