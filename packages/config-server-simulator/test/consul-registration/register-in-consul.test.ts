import { ManualClock } from '@gatehouse/config-server-client/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type ConsulRegistrationOptions,
  registerInConsul,
  type ServerCondition,
} from '../../src/consul-registration/register-in-consul.ts';
import { recordingLog, until } from '../harness.ts';
import { startAgentStandIn } from './agent-stand-in.ts';

const register = 'PUT service/register';
const pass = 'PUT check/pass/service:sim-1';
const fail = 'PUT check/fail/service:sim-1';
const deregister = 'PUT service/deregister/sim-1';

async function begin(
  options: Partial<ConsulRegistrationOptions> = {},
  answers: 'ok' | { status: number; text: string } = 'ok',
) {
  const agent = await startAgentStandIn();
  agent.answers = answers;
  const clock = new ManualClock();
  const log = recordingLog();
  const condition: ServerCondition = { role: 'primary' };
  const registration = registerInConsul({
    url: agent.url,
    service: 'config-server',
    id: 'sim-1',
    host: '127.0.0.1',
    port: 8888,
    current: () => condition,
    clock,
    random: () => 0.5,
    log,
    ...options,
  });
  onTestFinished(() => {
    agent.answers = 'ok';
    return registration.close();
  });
  return {
    agent,
    clock,
    log,
    condition,
    registration,
    /** So many calls came in all, and the pause until the next one has begun. */
    calls: (count: number) =>
      until(() => agent.calls.length === count && clock.pendingTimers === 1, `${count} calls`),
  };
}

describe('registration in Consul', () => {
  it('names the server with role and TTL check, then passes the check every third of the TTL', async () => {
    const { agent, clock, registration, calls } = await begin({ token: 'a-secret-token', tags: ['green'] });
    await registration.registered;
    await calls(2);
    expect(agent.calls).toEqual([register, pass]);
    expect(agent.registration).toEqual({
      Name: 'config-server',
      ID: 'sim-1',
      Address: '127.0.0.1',
      Port: 8888,
      Tags: ['green'],
      Meta: { role: 'primary' },
      Check: { Name: 'TTL of sim-1', TTL: '15s', DeregisterCriticalServiceAfter: '600s' },
    });
    expect(agent.token).toBe('a-secret-token');
    await clock.advance(4_999);
    expect(agent.calls).toHaveLength(2);
    await clock.advance(1);
    await calls(3);
    expect(agent.calls.at(-1)).toBe(pass);
  });

  it('tells a changed condition at once when asked to, else at the next renewal', async () => {
    const { agent, clock, condition, registration, calls } = await begin();
    await calls(2);
    condition.role = 'backup';
    condition.draining = true;
    registration.refresh();
    await calls(4);
    expect(agent.registration).toMatchObject({ Meta: { role: 'backup', drain: 'true' } });
    condition.healthy = false;
    await clock.advance(5_000);
    await calls(5);
    expect(agent.calls.slice(2)).toEqual([register, pass, fail]);
  });

  it('registers again when the agent has forgotten it, and says so once', async () => {
    const { agent, clock, log, calls } = await begin();
    await calls(2);
    agent.answers = { status: 404, text: 'Unknown check ID' };
    await clock.advance(5_000);
    await calls(3);
    await clock.advance(1_000);
    await calls(4);
    agent.answers = 'ok';
    await clock.advance(2_000);
    await calls(6);
    expect(agent.calls.slice(2)).toEqual([pass, register, register, pass]);
    expect(log.lines.filter((line) => line.includes('does not know'))).toHaveLength(1);
    expect(log.lines.filter((line) => line.startsWith('registered'))).toHaveLength(2);
  });

  it('goes on trying, ever less often, when the agent is not there at the start', async () => {
    const { agent, clock, registration, calls } = await begin({}, { status: 500, text: 'No cluster leader' });
    let expected = 1;
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      await calls(expected);
      await clock.advance(pauseMs - 1);
      expect(agent.calls).toHaveLength(expected);
      await clock.advance(1);
      expected += 1;
    }
    await calls(expected);
    agent.answers = 'ok';
    await clock.advance(30_000);
    await registration.registered;
  });

  it('takes the server out at the end, once, and leaves no timer', async () => {
    const { agent, clock, registration, calls } = await begin();
    await calls(2);
    await Promise.all([registration.close(), registration.close()]);
    registration.refresh();
    expect(agent.calls).toEqual([register, pass, deregister]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends within its limit when the agent keeps silent, and says what stays behind', async () => {
    const { agent, clock, log, registration, calls } = await begin();
    await calls(2);
    agent.answers = 'silence';
    const closed = registration.close();
    await until(() => agent.calls.length === 3, 'the call to deregister');
    await clock.advance(5_000);
    await closed;
    expect(log.lines.at(-1)).toContain('left in Consul until its TTL runs out');
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends during its first call too', async () => {
    const { agent, clock, registration } = await begin();
    await registration.close();
    expect(agent.calls.at(-1)).toBe(deregister);
    expect(clock.pendingTimers).toBe(0);
  });

  it('writes no token into the log', async () => {
    const { agent, clock, log, registration, calls } = await begin({ token: 'a-secret-token' });
    await calls(2);
    agent.answers = { status: 403, text: 'ACL not found' };
    await clock.advance(5_000);
    await calls(3);
    await registration.close();
    expect(log.lines.join('\n')).toContain('Consul answered 403: ACL not found');
    expect(log.lines.join('\n')).not.toContain('a-secret-token');
  });

  it('refuses settings that cannot work', () => {
    const options = { url: 'http://127.0.0.1:1', service: 's', id: 'i', host: 'h', port: 1 };
    const current = () => ({ role: 'primary' as const });
    expect(() => registerInConsul({ ...options, current, ttlSeconds: 2 })).toThrow(TypeError);
    expect(() => registerInConsul({ ...options, current, id: '' })).toThrow(TypeError);
    expect(() => registerInConsul({ ...options, current, url: 'http://consul.example' })).toThrow(TypeError);
  });
});
