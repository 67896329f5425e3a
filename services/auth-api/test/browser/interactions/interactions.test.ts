import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowserCookies } from '../../../src/browser/cookies/browser-cookies.ts';
import { createInteractionService } from '../../../src/browser/interactions/service.ts';
import { createInteractionStore } from '../../../src/browser/interactions/store.ts';
import { interactionViewOf } from '../../../src/browser/interactions/view.ts';
import type { AuthorizationRequest } from '../../../src/core/protocol/authorization-request.ts';
import { openDoor } from '../../stack/doors.ts';
import { browserCookie } from '../../stack/interaction.ts';
import { openRedis, type RedisForTests } from '../../stack/redis.ts';

const authorization: AuthorizationRequest = {
  clientId: 'app',
  redirectUri: 'https://app.test/callback?x=1',
  redirectUriGiven: true,
  responseType: 'code',
  responseMode: 'query',
  scope: ['*'],
  prompt: [],
  hideTenant: true,
  tenantHint: 'demo',
  loginHint: 'agent',
  requiresFreshSignIn: false,
  requestedAtMs: 1,
};

describe.each([{ cluster: false }, { cluster: true }])(
  'interactions, cluster mode: $cluster',
  ({ cluster }) => {
    let redis: RedisForTests;
    const nowMs = Date.now();
    beforeAll(async () => {
      redis = await openRedis({ cluster });
    });
    afterAll(() => redis?.close());

    const open = () =>
      createInteractionService({
        store: createInteractionStore(redis.redis, redis.keyspace),
        cookies: createBrowserCookies('https://login.test'),
        now: () => nowMs,
      });

    async function start(changes: Partial<AuthorizationRequest> = {}) {
      const interactions = open();
      const door = openDoor();
      const { id } = await interactions.create(door, {
        clientName: 'App',
        authorization: { ...authorization, ...changes },
      });
      return { interactions, door, id };
    }

    it('come back to the browser that started them, with what the page needs', async () => {
      const { interactions, door, id } = await start();
      const interaction = await interactions.readFor(door.request, id);
      expect(interactionViewOf(interaction, false)).toEqual({
        id,
        client: { id: 'app', name: 'App' },
        contactCenterHint: 'demo',
        userName: 'agent',
        hideTenant: true,
        csrf: expect.stringMatching(/^[\w-]{43}$/),
        redirectOrigin: 'https://app.test',
        expiresAt: new Date(nowMs + 600_000).toISOString(),
      });
    });

    it('name the scheme where an application on a device has no origin', async () => {
      const { interactions, door, id } = await start({ redirectUri: 'com.example.app:/callback' });
      expect(interactionViewOf(await interactions.readFor(door.request, id), false).redirectOrigin).toBe(
        'com.example.app:',
      );
    });

    it('show after a failure why, and what was typed', async () => {
      const { interactions, door, id } = await start();
      await interactions.recordState(id, {
        error: 'throttled',
        retryAfterSeconds: 7,
        userName: 'other',
        tenant: 'acme',
      });
      expect(interactionViewOf(await interactions.readFor(door.request, id), false)).toMatchObject({
        error: 'throttled',
        retryAfterSeconds: 7,
        userName: 'other',
        contactCenterHint: 'acme',
      });
    });

    it('tell whether the user may stay signed in, and what they chose before the last error', async () => {
      const { interactions, door, id } = await start();
      const shown = async () =>
        interactionViewOf(await interactions.readFor(door.request, id), true).remember;

      expect(await shown()).toBe('offered');
      await interactions.recordState(id, { error: 'bad_credentials', remember: true });
      expect(await shown()).toBe('chosen');
    });

    it('26, 46: stay closed to another browser, which cannot use them up either', async () => {
      const { interactions, door, id } = await start();
      const stranger = openDoor();
      stranger.cookies[browserCookie] = 'A'.repeat(43);
      for (const request of [stranger.request, openDoor().request]) {
        await expect(interactions.readFor(request, id)).rejects.toMatchObject({
          name: 'wrong_browser',
          status: 403,
        });
        await expect(interactions.consume(request, id)).rejects.toMatchObject({ name: 'wrong_browser' });
      }
      expect((await interactions.consume(door.request, id)).id).toBe(id);
    });

    // attack: sign-in completed twice | CVE-2026-7507 | guard: services/auth-api/src/browser/interactions/store.ts
    it('are used once, however many try at the same time', async () => {
      const { interactions, door, id } = await start();
      const tries = await Promise.allSettled(
        Array.from({ length: 50 }, () => interactions.consume(door.request, id)),
      );
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await interactions.recordState(id, { error: 'bad_credentials' });
      await expect(interactions.readFor(door.request, id)).rejects.toMatchObject({
        name: 'interaction_expired',
        status: 400,
      });
    });

    it('are over when their time is, and unknown ids are like old ones', async () => {
      const { interactions, door, id } = await start();
      const key = redis.keyspace.key('interaction', id);
      expect(await redis.redis.pttl(key)).toBeLessThanOrEqual(600_000);
      expect(await redis.redis.pexpire(key, 1)).toBe(1);
      await expect
        .poll(() => interactions.readFor(door.request, id).catch((error) => error.name))
        .toBe('interaction_expired');
      for (const unknown of ['', 'x', 'A'.repeat(32), '{}', '../session']) {
        await expect(interactions.readFor(door.request, unknown)).rejects.toMatchObject({
          name: 'interaction_expired',
        });
      }
    });

    it('keep neither the browser cookie nor the session in Redis', async () => {
      const { door, id } = await start();
      const stored = await redis.redis.hgetall(redis.keyspace.key('interaction', id));
      expect(JSON.stringify(stored)).not.toContain(door.cookies[browserCookie]);
    });
  },
);
