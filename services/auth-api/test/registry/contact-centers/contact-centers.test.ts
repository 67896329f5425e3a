import type { ContactCenterView } from '@gatehouse/contracts/environment-api';
import { describe, expect, it } from 'vitest';
import { newOwnerState } from '../../../src/core/revalidating-cache.ts';
import { serversAt } from '../../../src/people/directories/connect-environment.ts';
import {
  createContactCenters,
  type EnvironmentSource,
} from '../../../src/registry/contact-centers/service.ts';
import { contactCenterId, demoContactCenter, environmentId, environmentOf } from '../../stack/auth-api.ts';
import { silentLog, stoppedClock } from '../../stack/redis.ts';

function setUp(defaultDomain?: string) {
  let view: ContactCenterView | undefined = demoContactCenter;
  let isDown = false;
  const asked: string[] = [];
  const answer = <T>(value: T | undefined) => {
    if (isDown) throw new Error('down');
    return value === undefined
      ? { status: 'missing' as const }
      : { status: 'found' as const, value, etag: '"1"' };
  };
  const source: EnvironmentSource = {
    contactCenterByDomain: async (domain) => {
      asked.push(domain);
      return answer(view?.domains.includes(domain) ? view : undefined);
    },
    contactCenter: async (id) => answer(view?.id === id ? view : undefined),
    environment: async () => answer(environmentOf(8888)),
    contactCentersOf: async () => answer([]),
  };
  const service = createContactCenters({
    source,
    defaultDomain,
    copies: { staleMaxSeconds: 60, owner: newOwnerState() },
    now: stoppedClock().now,
    log: silentLog,
  });
  return {
    service,
    asked,
    setView: (next: ContactCenterView | undefined) => {
      view = next;
    },
    stop: () => {
      isDown = true;
    },
  };
}

describe('contact centres', () => {
  it('are found by each of their domains, in any spelling', async () => {
    const { service } = setUp();
    for (const tenant of ['demo', ' DEMO ', 'ｄｅｍｏ', 'Demo.Example.Com']) {
      expect((await service.resolve(tenant))?.id).toBe(contactCenterId);
    }
    expect(await service.resolve('nobody')).toBeUndefined();
  });

  it('fall back to the configured default when no tenant is named', async () => {
    expect((await setUp('demo').service.resolve(undefined))?.id).toBe(contactCenterId);
    expect(await setUp().service.resolve(undefined)).toBeUndefined();
  });

  it('are not asked for with a name that cannot be one', async () => {
    const { service, asked } = setUp();
    expect(await service.resolve('x'.repeat(256))).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('let nobody in while they are disabled', async () => {
    const { service, setView } = setUp();
    setView({ ...demoContactCenter, status: 'disabled' });
    expect(await service.resolve('demo')).toBeUndefined();
    expect(await service.get(contactCenterId)).toBeUndefined();
  });

  it('follow a change of the contact centre, of a setting of theirs and of a global one', async () => {
    const { service, setView } = setUp();
    const changes = [
      { entity: 'contact-center', id: contactCenterId },
      { entity: 'setting', id: 'cors-origins', contactCenterId },
      { entity: 'setting', id: 'cors-origins' },
      { entity: 'location', id: '/USW1' },
    ] as const;
    for (const [index, change] of changes.entries()) {
      await service.resolve('demo');
      setView({ ...demoContactCenter, name: `changed ${index}` });
      expect((await service.resolve('demo'))?.name).not.toBe(`changed ${index}`);
      service.applyChange(change);
      expect((await service.resolve('demo'))?.name).toBe(`changed ${index}`);
      expect((await service.get(contactCenterId))?.name).toBe(`changed ${index}`);
    }
  });

  it('stay known while Environment API is down when an environment ends that is not theirs', async () => {
    const { service, stop } = setUp();
    await service.get(contactCenterId);
    await service.environment(environmentId);
    stop();
    service.applyChange({ entity: 'environment-end', id: 'unused' });
    expect((await service.get(contactCenterId))?.id).toBe(contactCenterId);

    service.applyChange({ entity: 'environment-end', id: environmentId });
    await expect(service.get(contactCenterId)).rejects.toThrow('down');
    await expect(service.environment(environmentId)).rejects.toThrow('down');
  });

  it('are read anew when changes were missed', async () => {
    const { service, setView } = setUp();
    await service.resolve('demo');
    setView(undefined);
    service.applyGap();
    expect(await service.resolve('demo')).toBeUndefined();
  });
});

describe('serversAt', () => {
  const at = (...servers: [id: string, locations: string[]][]) => ({
    ...environmentOf(8888),
    id: environmentId,
    configServers: servers.map(([id, locations]) => ({
      id,
      locations,
      primaryAddress: id,
      primaryPort: 8888,
      readOnly: false,
    })),
  });
  const idsAt = (environment: ReturnType<typeof at>, location: string) =>
    serversAt(environment.configServers, location).map(({ id }) => id);

  it('prefers the most precise location', () => {
    const environment = at(['root', ['/']], ['usw1', ['/USW1']], ['dc2', ['/USW1/DC2', '/EUC1']]);
    expect(idsAt(environment, '/')).toEqual(['root']);
    expect(idsAt(environment, '/USW1')).toEqual(['usw1']);
    expect(idsAt(environment, '/USW1/DC1')).toEqual(['usw1']);
    expect(idsAt(environment, '/USW1/DC2')).toEqual(['dc2']);
    expect(idsAt(environment, '/EUC1')).toEqual(['dc2']);
    expect(idsAt(environment, '/USW10')).toEqual(['root']);
  });

  it('keeps all servers of one location in their order, and takes one without a location everywhere', () => {
    expect(idsAt(at(['a', ['/USW1']], ['b', []], ['c', ['/USW1']]), '/USW1')).toEqual(['a', 'c']);
    expect(idsAt(at(['a', []], ['b', ['/']]), '/USW1')).toEqual(['a', 'b']);
  });

  it('finds none where none is given', () => {
    expect(idsAt(at(['a', ['/USW1']]), '/EUC1')).toEqual([]);
  });

  it('takes any server where this installation was told no location', () => {
    expect(idsAt(at(['a', ['/USW1']], ['b', ['/EUC1']]), '/')).toEqual(['a', 'b']);
  });
});
