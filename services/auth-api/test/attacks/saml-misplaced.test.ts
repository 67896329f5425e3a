import { describe, expect, it } from 'vitest';
import { comeBack, comeBackHonestly, leave, post } from '../sign-in/sso/stack/saml-journey.ts';
import {
  assertionXml,
  honestResponse,
  type ResponseFacts,
  responseXml,
  signXml,
} from '../sign-in/sso/stack/saml-provider.ts';
import { contactCenterId, publicUrl } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import {
  aimAtSaml,
  expectRefused,
  key,
  otherContactCenterId,
  othersKey,
  reasonOf,
  stack,
  use,
} from './saml-target.ts';

aimAtSaml();

describe('62 · a good answer in the wrong place (SAML profiles 4.1.4.3)', () => {
  it('66 · thousands of namespaces inside of each other cost nothing, before anybody has signed anything', async () => {
    const count = 8_000;
    const nested = Array.from({ length: count }, (_, index) => `<a xmlns:n${index}="u">`).join('');
    const leaving = await leave(stack);
    const startedMs = performance.now();
    await expectRefused(leaving, `${nested}${'</a>'.repeat(count)}`, 'response_malformed');
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  // attack: SAML assertion for another audience | SAML profiles 4.1.4.3 | guard: services/auth-api/src/sign-in/sso/saml/assertion.ts
  // attack: SAML assertion for another recipient | SAML profiles 4.1.4.3 | guard: services/auth-api/src/sign-in/sso/saml/assertion.ts
  // attack: SAML assertion before or after its time | SAML core 2.5.1.2 | guard: services/auth-api/src/sign-in/sso/saml/assertion.ts
  // attack: SAML assertion that counts for years or is of tomorrow | SAML core 2.3.3 | guard: services/auth-api/src/sign-in/sso/saml/assertion.ts
  it.each<[string, Partial<ResponseFacts>, string]>([
    ['for another audience', { audience: 'https://another.example.com' }, 'wrong_audience'],
    ['for another recipient', { recipient: 'https://another.example.com/acs' }, 'wrong_destination'],
    ['for another destination', { destination: 'https://another.example.com/acs' }, 'wrong_destination'],
    ['of another issuer', { issuer: 'https://another.example.com' }, 'wrong_issuer'],
    ['too late', { shiftSeconds: -600 }, 'wrong_time'],
    ['too early', { shiftSeconds: 600 }, 'wrong_time'],
    ['of a session that has ended', { sessionNotOnOrAfter: '2020-01-01T00:00:00Z' }, 'wrong_time'],
    ['that was made tomorrow', { issueInstant: '2099-01-01T00:00:00Z' }, 'wrong_time'],
    ['that counts for thirty years', { lifeSeconds: 30 * 365 * 86_400 }, 'wrong_time'],
    ['with a time that is none', { sessionNotOnOrAfter: 'tomorrow' }, 'wrong_time'],
    ['for a person without a name', { nameId: ' ' }, 'name_missing'],
    ['for a name with spaces around it', { nameId: ' agent ' }, 'person_unknown'],
    ['for a name in wide letters', { nameId: 'ａｇｅｎｔ' }, 'person_unknown'],
  ])('is refused: %s', async (_title, changes, reason) => {
    const leaving = await leave(stack);
    await expectRefused(leaving, honestResponse({ ...leaving.facts, ...changes }, key), reason);
  });

  it.each([
    ['is refused where nobody here can judge it', '<saml:Condition xmlns:x="urn:x" x:rule="1"/>', false],
    ['of single use holds in any case', '<saml:OneTimeUse/>', true],
  ])('a condition that %s', async (_title, condition, isTaken) => {
    const leaving = await leave(stack);
    const assertion = assertionXml(leaving.facts).replace(
      '</saml:Conditions>',
      `${condition}</saml:Conditions>`,
    );
    const answer = await comeBack(leaving, responseXml(leaving.facts, signXml(assertion, key)));
    expect(answer.location).toMatch(isTaken ? '/auth/signed-in.html' : 'error=sso_failed');
  });

  it('clocks may differ by the tolerance, and no more', async () => {
    await use({ clockSkewSeconds: 30 });
    const near = await leave(stack);
    await comeBackHonestly(near, key, { shiftSeconds: 25 });
    expect((await near.browser.get('/auth/v3/ping')).status).toBe(200);
    const far = await leave(stack);
    await expectRefused(far, honestResponse({ ...far.facts, shiftSeconds: 60 }, key), 'wrong_time');
  });

  // attack: SAML answer at another contact centre | SAML profiles 4.1.4.3 | guard: services/auth-api/src/sign-in/sso/saml/consumer.ts
  it('57 · at another contact centre, by another identity provider, or at another location', async () => {
    const leaving = await leave(stack);
    const there = leaving.facts.acsUrl.replace(contactCenterId, otherContactCenterId);
    await expectRefused(
      { ...leaving, facts: { ...leaving.facts, acsUrl: there } },
      honestResponse(leaving.facts, key),
    );
    await expectRefused(
      leaving,
      honestResponse({ ...leaving.facts, issuer: 'https://other.example.com' }, othersKey),
    );
    const elsewhere = leaving.facts.acsUrl.replace('/-/', '/USW1/');
    await expectRefused(
      { ...leaving, facts: { ...leaving.facts, acsUrl: elsewhere } },
      honestResponse(leaving.facts, key),
      'wrong_destination',
    );
    // The very same answer is good where it belongs.
    await comeBackHonestly(leaving, key);
    expect((await leaving.browser.get('/auth/v3/ping')).status).toBe(200);
  });

  // attack: SAML answer of another contact centre's identity provider | SAML profiles 4.1.4.3 | guard: services/auth-api/src/sign-in/sso/saml/consumer.ts
  it('57 · by another contact centre’s identity provider, at its own place, to a request that was made here', async () => {
    const leaving = await leave(stack);
    const theirs = `${publicUrl}/auth/v3/saml/${otherContactCenterId}/-`;
    const facts = {
      ...leaving.facts,
      acsUrl: `${theirs}/acs`,
      audience: theirs,
      issuer: 'https://other.example.com',
    };
    const answer = await post({ browser: leaving.browser, facts }, honestResponse(facts, othersKey));
    expect(answer.location).toMatch('error=sso_failed');
    expect(await reasonOf(String(answer.headers['x-request-id']))).toBe('wrong_destination');
    // The request still waits for its own answer.
    expect((await comeBackHonestly(leaving, key)).location).toBe(`${publicUrl}/auth/signed-in.html`);
  });

  // attack: SAML assertion that answers another request | SAML profiles 4.1.4.3 | guard: services/auth-api/src/sign-in/sso/saml/assertion.ts
  // attack: SAML assertion of another issuer | SAML profiles 4.1.4.3 | guard: services/auth-api/src/sign-in/sso/saml/assertion.ts
  it.each<[string, Partial<ResponseFacts>, string]>([
    ['answers another request', { inResponseTo: '_of-another-journey' }, 'wrong_state'],
    ['answers none', { inResponseTo: undefined }, 'wrong_state'],
    ['is of another issuer', { issuer: 'https://another.example.com' }, 'wrong_issuer'],
  ])('an honest envelope around an assertion that %s', async (_title, changes, reason) => {
    const leaving = await leave(stack);
    const assertion = signXml(assertionXml({ ...leaving.facts, ...changes }), key);
    await expectRefused(leaving, responseXml(leaving.facts, assertion), reason);
  });

  // attack: replay of a SAML answer | SAML profiles 4.1.4.5 | guard: services/auth-api/src/sign-in/sso/saml/consumer.ts
  it('a second time, in the same browser or another', async () => {
    const leaving = await leave(stack);
    const xml = honestResponse(leaving.facts, key);
    await comeBack(leaving, xml);
    const again = await comeBack({ ...leaving, browser: createBrowser(stack.app) }, xml);
    expect(again.location).toMatch('error=sso_failed');
    expect(await reasonOf(String(again.headers['x-request-id']))).toBe('replayed');
  });

  // attack: fifty SAML answers at once | ASVS 15.4.2 | guard: services/auth-api/src/sign-in/sso/saml/consumer.ts
  it('fifty times at once: one ticket', async () => {
    const leaving = await leave(stack);
    const xml = honestResponse(leaving.facts, key);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        post({ browser: createBrowser(stack.app), facts: leaving.facts }, xml),
      ),
    );
    expect(answers.filter(({ location }) => location?.includes('/finish?ticket='))).toHaveLength(1);
  });

  it('fifty different answers to one request at once: one ticket', async () => {
    const leaving = await leave(stack);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        post({ browser: createBrowser(stack.app), facts: leaving.facts }, honestResponse(leaving.facts, key)),
      ),
    );
    expect(answers.filter(({ location }) => location?.includes('/finish?ticket='))).toHaveLength(1);
  });

  // attack: SAML assertion used for two requests | SAML profiles 4.1.4.5 | guard: services/auth-api/src/sign-in/sso/saml/consumer.ts
  it('an assertion that was used counts for no other request', async () => {
    const first = await leave(stack);
    await comeBackHonestly(first, key, { assertionId: '_once' });
    const second = await leave(stack);
    await expectRefused(second, honestResponse({ ...second.facts, assertionId: '_once' }, key), 'replayed');
  });

  // attack: SAML answer to a request that was never made | SAML profiles 4.1.4.3 | guard: services/auth-api/src/sign-in/sso/saml/consumer.ts
  it('an answer to a request that was never made', async () => {
    const leaving = await leave(stack);
    await expectRefused(
      leaving,
      honestResponse({ ...leaving.facts, inResponseTo: '_never-made' }, key),
      'replayed',
    );
  });

  // attack: stolen SAML answer in another browser | SAML security considerations 7.1.1 | guard: services/auth-api/src/sign-in/sso/saml/ticket-store.ts
  it('45 · a stolen answer signs nobody in but the browser that left', async () => {
    const leaving = await leave(stack);
    const posted = await post(leaving, honestResponse(leaving.facts, key));
    const thief = createBrowser(stack.app);
    expect((await thief.get(posted.location ?? '')).status).toBe(400);
    await thief.get('/auth/v3/sso/start?tenant=demo');
    expect((await thief.get(posted.location ?? '')).status).toBe(400);
    expect((await thief.get('/auth/v3/ping')).status).toBe(403);
    expect((await leaving.browser.get(posted.location ?? '')).location).toBe(
      `${publicUrl}/auth/signed-in.html`,
    );
  });

  it('45 · login CSRF: the answer to an attacker signs nobody in whose browser posts it, though it is under way itself', async () => {
    const [attackers, victims] = [await leave(stack), await leave(stack)];
    const posted = await post(
      { browser: victims.browser, facts: attackers.facts },
      honestResponse({ ...attackers.facts, nameId: 'admin' }, key),
    );

    expect((await victims.browser.get(posted.location ?? '')).status).toBe(400);
    expect((await victims.browser.get('/auth/v3/ping')).status).toBe(403);
    const own = await post(victims, honestResponse(victims.facts, key));
    expect((await victims.browser.get(own.location ?? '')).location).toBe(`${publicUrl}/auth/signed-in.html`);
  });

  // attack: login CSRF by an unsolicited SAML answer | RFC 9700 4.7 | guard: services/auth-api/src/sign-in/sso/saml/consumer.ts
  it('45 · an unsolicited answer signs the victim in as nobody, even where it is allowed', async () => {
    await use({ allowIdpInitiated: true });
    const { facts } = await leave(stack);
    const attackers = { ...facts, inResponseTo: undefined, nameId: 'admin' };
    const victim = createBrowser(stack.app);
    const answer = await post({ browser: victim, facts: attackers }, honestResponse(attackers, key));
    expect(answer.location).toBe(`${publicUrl}/auth/v3/sso/start?tenant=demo`);
    expect((await victim.get('/auth/v3/ping')).status).toBe(403);
  });
});
