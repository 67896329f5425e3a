import { describe, expect, it } from 'vitest';
import { createConfigServerClient } from '../../src/client/client.ts';
import { defaultStandby } from '../../src/client-options.ts';
import {
  type Endpoint,
  type EndpointSource,
  writableEndpoints,
} from '../../src/discovery/endpoint-source.ts';
import { EpochGuard } from '../../src/standby/epoch-guard.ts';
import { RefusedAccount } from '../../src/standby/refused-account.ts';
import { WarmStandby } from '../../src/standby/warm-standby.ts';
import { silentLogger } from '../../src/surroundings/log.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

/** A source of the test's own making, which counts how often it is closed. */
function source(endpoints: readonly Endpoint[], problem?: string) {
  const made = {
    closed: 0,
    problem,
    current: () => endpoints,
    subscribe: () => () => undefined,
    close: async () => {
      made.closed += 1;
    },
  };
  return made satisfies EndpointSource;
}

const refuse = () => Promise.reject(new Error('nothing is opened here'));

describe('endpoint sources in use', () => {
  it('names the problem of the registry when no server is known', async () => {
    const clock = new ManualClock();
    const endpoints = source([], 'Consul answered 403: ACL not found');
    const standby = new WarmStandby({
      endpoints,
      open: refuse,
      options: defaultStandby,
      clock,
      random: () => 0.5,
      log: silentLogger,
      epochs: new EpochGuard(),
      account: new RefusedAccount(defaultStandby, clock),
    });
    standby.start();
    await clock.advance(defaultStandby.failFastAfterMs);
    expect(standby.state).toBe('down');
    expect(standby.stateReason).toBe('no Configuration Server is known: Consul answered 403: ACL not found');
    await standby.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('shows the problem through the view of the writable servers', () => {
    expect(writableEndpoints(source([], 'the registry is down')).problem).toBe('the registry is down');
    expect(writableEndpoints(source([])).problem).toBeUndefined();
  });

  it('closes its sources with the client', async () => {
    const clock = new ManualClock();
    const [endpoints, writeEndpoints] = [source([]), source([])];
    const client = createConfigServerClient({
      endpoints,
      writeEndpoints,
      applicationName: 'test',
      userName: 'test',
      password: 'test',
      clock,
    });
    await client.close();
    expect([endpoints.closed, writeEndpoints.closed]).toEqual([1, 1]);
    expect(clock.pendingTimers).toBe(0);
  });
});
