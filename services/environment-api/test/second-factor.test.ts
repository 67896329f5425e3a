/** The policy of second factors of a contact centre: the field, what Auth API reads of it, and when it counts as stricter. */

import { isStricter, noSecondFactor } from '@gatehouse/contracts/environment-api';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let environmentId: string;
beforeAll(async () => {
  api = await startApi();
  environmentId = await api.environment();
});
afterAll(() => api.close());

const patch = (id: string, secondFactor: unknown) =>
  api.call('PATCH', `/contact-centers/${id}`, { payload: { data: { secondFactor } } });
const policyOf = async (id: string) =>
  (await api.call('GET', `/contact-centers/${id}`)).body.data.secondFactor;
const inside = async (path: string) =>
  (
    await api.call('GET', `/internal/contact-centers/${path}?location=/`, {
      headers: { authorization: api.authApi.token({ internal_client: true }) },
    })
  ).body.data;

describe('the policy of second factors', () => {
  it('is off unless told otherwise, also where a replica of the release before adds a contact centre', async () => {
    const id = await api.contactCenter({ environmentId });
    expect(await policyOf(id)).toEqual(noSecondFactor);
    const before = randomUuid();
    await api.pool.query(
      `INSERT INTO environment.contact_centers (id, environment_id, name, auth, status)
        VALUES ($1, $2, 'of before', 'configServer', 'active')`,
      [before, environmentId],
    );
    expect(await policyOf(before)).toEqual(noSecondFactor);
    expect((await inside(before)).secondFactor).toEqual(noSecondFactor);
    expect((await api.call('DELETE', `/contact-centers/${before}`)).status).toBe(200);
  });

  it('is what was chosen, for Auth API with the moment of the last stricter choice, and no other change touches it', async () => {
    const id = await api.contactCenter({ environmentId });
    const chosen = { mode: 'required', graceHours: 2, requiredRoles: [' ROLE_ADMIN ', 'ROLE_ADMIN'] };
    expect((await patch(id, chosen)).status).toBe(200);
    const stored = { ...noSecondFactor, mode: 'required', graceHours: 2, requiredRoles: ['ROLE_ADMIN'] };
    expect(await policyOf(id)).toEqual(stored);
    const { secondFactor } = await inside(id);
    expect(secondFactor).toEqual({ ...stored, raisedAt: expect.stringMatching(/^\d{4}-.*Z$/) });

    await api.call('PATCH', `/contact-centers/${id}`, { payload: { data: { name: 'Another name' } } });
    const times = { graceHours: 5, enrolmentGraceDays: 30, rememberDays: 7 };
    await patch(id, { ...stored, ...times });
    expect((await inside(id)).secondFactor).toEqual({ ...secondFactor, ...times });
    await patch(id, { ...stored, mode: 'phishingResistant' });
    expect((await inside(id)).secondFactor.raisedAt > secondFactor.raisedAt).toBe(true);
  });

  it('gives the people of a new contact centre their time of grace', async () => {
    const id = await api.contactCenter({ environmentId, secondFactor: { mode: 'required' } });
    expect((await inside(id)).secondFactor).toMatchObject({ mode: 'required', raisedAt: expect.any(String) });
  });

  // attack: change something else of a policy to make it weaker | ASVS 8.3.1 | guard: services/environment-api/src/contact-centers/second-factor.ts
  it('keeps what a change does not name', async () => {
    const id = await api.contactCenter({ environmentId });
    await patch(id, { mode: 'required', federated: 'alsoHere', syncedPasskeys: 'refused' });
    expect((await patch(id, { graceHours: 3 })).status).toBe(200);
    const kept = { mode: 'required', federated: 'alsoHere', syncedPasskeys: 'refused', graceHours: 3 };
    expect(await policyOf(id)).toEqual({ ...noSecondFactor, ...kept });
    await patch(id, { mode: 'phishingResistant' });
    expect(await policyOf(id)).toEqual({ ...noSecondFactor, ...kept, mode: 'phishingResistant' });
  });

  it('has the rules of new passkeys, with models in small letters and hints in one order', async () => {
    const id = await api.contactCenter({ environmentId });
    const model = 'CB69481E-8FF7-4039-93EC-0A2729A154A8';
    const chosen = {
      attestation: 'direct',
      passkeyModels: [model, model],
      hints: ['hybrid', 'security-key'],
    };
    expect((await patch(id, chosen)).status).toBe(200);
    const passkeyModels = [model.toLowerCase()];
    const hints = ['security-key', 'hybrid'];
    expect(await policyOf(id)).toEqual({ ...noSecondFactor, ...chosen, passkeyModels, hints });
    // They say nothing of passkeys that exist.
    expect((await inside(id)).secondFactor.raisedAt).toBeUndefined();
    const { status, body } = await patch(id, { attestation: 'none' });
    expect([status, body.errors[0].status.field]).toEqual([400, 'data.secondFactor.passkeyModels']);
    expect((await patch(id, { attestation: 'none', passkeyModels: [] })).status).toBe(200);
  });

  it.each([
    ['an unknown mode', { mode: 'always' }, 'data.secondFactor.mode'],
    ['no factor', { mode: 'off', allowedFactors: [] }, 'data.secondFactor.allowedFactors'],
    [
      'a factor that does not exist',
      { mode: 'off', allowedFactors: ['sms'] },
      'data.secondFactor.allowedFactors.0',
    ],
    ['a time below zero', { mode: 'off', graceHours: -1 }, 'data.secondFactor.graceHours'],
    [
      'more days to set a factor up than a year has',
      { enrolmentGraceDays: 366 },
      'data.secondFactor.enrolmentGraceDays',
    ],
    [
      'a browser that is remembered for longer than 90 days',
      { rememberDays: 91 },
      'data.secondFactor.rememberDays',
    ],
    ['a part of a day', { rememberDays: 0.5 }, 'data.secondFactor.rememberDays'],
    ['models without a proof', { passkeyModels: [randomUuid()] }, 'data.secondFactor.passkeyModels'],
    [
      'a model that is no AAGUID',
      { attestation: 'direct', passkeyModels: ['blue key'] },
      'data.secondFactor.passkeyModels.0',
    ],
    ['an unknown hint', { hints: ['telephone'] }, 'data.secondFactor.hints.0'],
    [
      'roles that are no list',
      { mode: 'off', requiredRoles: 'ROLE_ADMIN' },
      'data.secondFactor.requiredRoles',
    ],
    ['a field with a slip', { mode: 'off', reauthenticatehours: 8 }, 'data.secondFactor'],
  ])('refuses %s', async (_name, wrong, field) => {
    const id = await api.contactCenter({ environmentId });
    const { status, body } = await patch(id, wrong);
    expect([status, body.errors[0].status.field]).toEqual([400, field]);
    expect(await policyOf(id)).toEqual(noSecondFactor);
  });

  // attack: import a document of the release before to switch the second factor off | ASVS 8.3.1 | guard: services/environment-api/src/import-export/import.ts
  it('stays where a document without it is imported, and comes back with one that has it', async () => {
    const id = await api.contactCenter({ environmentId });
    await patch(id, { mode: 'required' });
    const document = (await api.call('GET', '/export')).body;
    const row = document.contactCenters.find((one: { id: string }) => one.id === id);
    expect(row.secondFactor.mode).toBe('required');
    const bring = async (secondFactor: object | undefined) => {
      row.secondFactor = secondFactor;
      const answer = await api.call('PUT', '/import', { payload: document, headers: { 'if-match': '*' } });
      expect(answer.status).toBe(200);
      return (await policyOf(id)).mode;
    };
    expect(await bring(undefined)).toBe('required');
    expect(await bring({ mode: 'offered' })).toBe('offered');
  });
});

describe('a policy is stricter', () => {
  const required = { ...noSecondFactor, mode: 'required' as const };
  it.each([
    ['that requires a factor', noSecondFactor, required, true],
    ['that offers one', noSecondFactor, { ...noSecondFactor, mode: 'offered' as const }, false],
    ['that requires one no more', required, noSecondFactor, false],
    ['that takes a factor away', required, { ...required, allowedFactors: ['totp' as const] }, true],
    ['that adds one', { ...required, allowedFactors: ['totp' as const] }, required, false],
    ['that trusts no provider any more', required, { ...required, federated: 'alsoHere' as const }, true],
    ['that refuses synced passkeys', required, { ...required, syncedPasskeys: 'refused' as const }, true],
    ['that names another role', required, { ...required, requiredRoles: ['ROLE_ADMIN'] }, true],
    ['that limits the age of a factor', required, { ...required, reauthenticateHours: 8 }, true],
    ['that lets it be older', { ...required, reauthenticateHours: 8 }, required, false],
    [
      'that asks new passkeys for their model',
      required,
      { ...required, attestation: 'direct' as const },
      false,
    ],
    ['that stays', required, { ...required, graceHours: 1, enrolmentGraceDays: 0, rememberDays: 0 }, false],
  ])('%s: %#', (_name, before, after, expected) => {
    expect(isStricter(before, after)).toBe(expected);
  });
});
