/** What is refused at the doors of single sign-on and belongs to no sign-in: a page with a reference, and by it the audit event. */
import { makeProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { opsCall } from '../../stack/oauth.ts';
import { idpMetadata } from './stack/saml-provider.ts';
import { callbackUri, localTrial, setSignOn } from './stack/sign-on.ts';

let stack: AuthApi;

beforeAll(async () => {
  stack = await startAuthApi({ env: localTrial });
  await setSignOn(stack, { saml: { idpMetadataXml: idpMetadata([makeProviderKey()]), logout: true } });
});
afterAll(() => stack?.close());

interface Event {
  name: string;
  correlationId: string;
  clientAddress: string;
  contactCenterId?: string;
  fields: Record<string, unknown>;
}

async function eventsWith(correlationId: string): Promise<Event[]> {
  await stack.deps.audit.drained();
  const answer = await opsCall(stack, 'GET', '/auth/v3/ops/audit?name=sso_refused&limit=1000');
  const { data } = answer.json<{ data: Event[] }>();
  return data.filter((event) => event.correlationId === correlationId);
}

const entityPath = `/auth/v3/saml/${contactCenterId}/-`;
const postForm = (url: string, form: Record<string, string>, remoteAddress: string) =>
  stack.app.inject({
    method: 'POST',
    url,
    remoteAddress,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
    payload: new URLSearchParams(form).toString(),
  });
const referenceOn = (page: string) => /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(page)?.[0] ?? 'none';

describe('a refusal at the doors of single sign-on', () => {
  it('of a SAML logout names its step, the contact centre and the address', async () => {
    const answer = await postForm(`${entityPath}/slo`, { SAMLRequest: 'PHg+PC94Pg==' }, '203.0.113.1');

    expect(answer.statusCode).toBe(403);
    expect(await eventsWith(referenceOn(answer.body))).toMatchObject([
      {
        contactCenterId,
        clientAddress: '203.0.113.1',
        fields: {
          operation: 'samlLogoutByPost',
          reason: expect.any(String),
          detail: expect.stringMatching(/.+/),
        },
      },
    ]);
  });

  it.each([
    ['samlAssertionConsumer', `${entityPath}/acs`, { SAMLResponse: 'x', RelayState: 'r'.repeat(3000) }],
    ['oidcCallbackByPost', new URL(callbackUri).pathname, { state: 'made-up', code: 'c' }],
  ])('of %s that is no answer to anything is told too', async (operation, url, form) => {
    const answer = await postForm(url, form, '203.0.113.2');

    expect(answer.statusCode).toBe(400);
    expect(await eventsWith(referenceOn(answer.body))).toMatchObject([{ fields: { operation } }]);
  });

  it('of a browser that comes with a used ticket, and of a logout token, is told and counted', async () => {
    const page = await createBrowser(stack.app).get('/auth/v3/sso/saml/finish?ticket=used');
    expect(await eventsWith(referenceOn(page.body))).toMatchObject([
      { fields: { operation: 'finishSaml', reason: 'sso_expired' } },
    ]);
    const path = '/auth/v3/sso/oidc/backchannel-logout';
    expect((await postForm(path, { logout_token: 'nothing' }, '203.0.113.3')).statusCode).toBe(400);

    expect(await stack.metrics.expose()).toMatch(
      /gatehouse_sso_refused_total\{operation="finishSaml",reason="sso_expired"\} 1/,
    );
    expect(await stack.metrics.expose()).toMatch(
      /gatehouse_sso_refused_total\{operation="oidcBackchannelLogout",reason="bad_request"\} 1/,
    );
  });

  it('fills no database: of one address ten are written', async () => {
    const answers = [];
    for (let count = 0; count < 15; count++)
      answers.push(await postForm(`${entityPath}/slo`, { SAMLRequest: 'PHg+PC94Pg==' }, '203.0.113.4'));

    const events = await Promise.all(answers.map(({ body }) => eventsWith(referenceOn(body))));
    expect(events.flat()).toHaveLength(10);
  });

  it('is not written down for a contact centre that there is not', async () => {
    const nobody = entityPath.replace(contactCenterId, '55555555-5555-4555-8555-555555555555');
    const answer = await postForm(`${nobody}/slo`, { SAMLRequest: 'x' }, '203.0.113.5');

    expect(answer.statusCode).toBe(404);
    expect(await eventsWith(referenceOn(answer.body))).toEqual([]);
  });
});
