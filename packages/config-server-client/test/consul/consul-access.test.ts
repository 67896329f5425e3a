import { describe, expect, it } from 'vitest';
import { type ConsulAccess, checkedConsulUrl } from '../../src/consul/consul-access.ts';
import { consulEndpoints } from '../../src/consul/consul-endpoints.ts';

const url = (access: ConsulAccess) => checkedConsulUrl(access).href;

describe('address of Consul', () => {
  it('is https anywhere, http on this machine', () => {
    expect(url({ url: 'https://consul.example:8501' })).toBe('https://consul.example:8501/');
    expect(url({ url: 'https://gate.example/consul' })).toBe('https://gate.example/consul');
    expect(url({ url: 'http://127.0.0.1:8500' })).toBe('http://127.0.0.1:8500/');
    expect(url({ url: 'http://[::1]:8500' })).toBe('http://[::1]:8500/');
    expect(url({ url: 'http://localhost:8500' })).toBe('http://localhost:8500/');
  });

  it('is plain http to another machine only by permission: whoever answers chooses where passwords go', () => {
    expect(() => url({ url: 'http://consul.example:8500' })).toThrow('explicit permission');
    expect(() => url({ url: 'http://127.0.0.1.example:8500' })).toThrow('explicit permission');
    expect(url({ url: 'http://consul.example:8500', allowPlaintext: true })).toBe(
      'http://consul.example:8500/',
    );
  });

  it('is refused in any other form', () => {
    for (const bad of ['consul.example:8500', '', 'ftp://consul', 'unix:///run/consul.sock']) {
      expect(() => url({ url: bad })).toThrow('must be an http or https URL');
    }
    for (const bad of ['https://u:p@consul', 'https://consul/?dc=x', 'https://consul/#a']) {
      expect(() => url({ url: bad })).toThrow('must not carry credentials');
    }
  });

  it('is refused with TLS settings that would have no effect, and with half a client certificate', () => {
    expect(() => url({ url: 'http://127.0.0.1:8500', tls: {} })).toThrow('need an https address');
    expect(() => url({ url: 'https://consul', tls: { cert: 'c' } })).toThrow('its key');
    expect(() => url({ url: 'https://consul', tls: { key: 'k' } })).toThrow('its certificate');
  });

  it('comes with a service name and a wait that Consul accepts', () => {
    const access = { url: 'http://127.0.0.1:1', service: 'config-server' };
    expect(() => consulEndpoints({ ...access, service: '' })).toThrow(TypeError);
    for (const waitSeconds of [0, 601, 1.5])
      expect(() => consulEndpoints({ ...access, waitSeconds })).toThrow(TypeError);
  });
});
