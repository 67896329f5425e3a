import { redirectUriProblem } from '@gatehouse/contracts/values';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRegisteredRedirectUri } from '../../src/core/protocol/redirect-uri.ts';

const confidential = { clientType: 'CONFIDENTIAL' } as const;
const exact = (...redirectUris: string[]) => ({
  ...confidential,
  redirectMatching: 'exact' as const,
  redirectUris,
});
const origin = (...redirectUris: string[]) => ({
  ...confidential,
  redirectMatching: 'origin' as const,
  redirectUris,
});
const native = (...redirectUris: string[]) => ({ ...exact(...redirectUris), clientType: 'PUBLIC' as const });

describe('exact matching', () => {
  it('accepts the registered string and nothing that merely means the same', () => {
    const client = exact('https://app.test/cb');

    expect(isRegisteredRedirectUri(client, 'https://app.test/cb')).toBe(true);
    for (const other of [
      'https://app.test/cb/',
      'https://app.test:443/cb',
      'https://app.test/cb?x=1',
      'https://APP.test/cb',
    ]) {
      expect(isRegisteredRedirectUri(client, other), other).toBe(false);
    }
  });

  it('accepts no other URI than the registered ones, whatever is appended, prepended or inserted', () => {
    const registered = 'https://app.test/cb';
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat({ max: registered.length }), (text, position) => {
        const changed = registered.slice(0, position) + text + registered.slice(position);
        return isRegisteredRedirectUri(exact(registered), changed) === false;
      }),
    );
  });
});

describe('origin matching (compat)', () => {
  it('accepts deeper paths and queries below the registered path', () => {
    const root = origin('https://wwe.example.com');
    const below = origin('https://wwe.example.com/ui/ad');

    expect(isRegisteredRedirectUri(root, 'https://wwe.example.com/ui/ad/v1/index.html?x=1')).toBe(true);
    expect(isRegisteredRedirectUri(root, 'https://wwe.example.com/')).toBe(true);
    expect(isRegisteredRedirectUri(below, 'https://wwe.example.com/ui/ad')).toBe(true);
    expect(isRegisteredRedirectUri(below, 'https://wwe.example.com/ui/ad/index.html')).toBe(true);
    expect(isRegisteredRedirectUri(below, 'https://wwe.example.com/ui/admin')).toBe(false);
    expect(isRegisteredRedirectUri(below, 'https://wwe.example.com/')).toBe(false);
  });

  it('accepts a URI only when its origin is the registered one', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (requested) => {
        const accepted = isRegisteredRedirectUri(origin('https://wwe.example.com'), requested);
        return !accepted || new URL(requested).origin === 'https://wwe.example.com';
      }),
    );
  });

  it('never leaves the registered folder, whatever segments are asked for', () => {
    const segment = fc.oneof(
      fc.constantFrom('..', '.', '%2e%2e', '%2E.', '..;', '..%3b', '%2f', '%5c', '%252e', '\\', ''),
      fc.webSegment(),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const requested = `https://app.test/safe/${segments.join('/')}`;
        if (!isRegisteredRedirectUri(origin('https://app.test/safe'), requested)) return true;
        return new URL(requested).pathname.startsWith('/safe/') && !/%2f|%5c|%25/i.test(requested);
      }),
    );
  });

  it('2: takes no dot segment with a parameter, plain or hidden (CVE-2026-3872)', () => {
    for (const segment of ['..;', '.;', '..%3b', '%2e%2e%3B', '..;x=1', '..%3Bx=1']) {
      expect(redirectUriProblem(`https://app.test/safe/${segment}/evil`)).toBe(
        'must not contain dot segments',
      );
    }
  });

  it('lets nobody add to a registered query', () => {
    const client = origin('https://app.test/cb?tenant=a');

    expect(isRegisteredRedirectUri(client, 'https://app.test/cb?tenant=a')).toBe(true);
    expect(isRegisteredRedirectUri(client, 'https://app.test/cb?tenant=a&x=1')).toBe(false);
    expect(isRegisteredRedirectUri(client, 'https://app.test/cb/deeper?tenant=a')).toBe(false);
  });
});

describe('native applications (RFC 8252)', () => {
  // attack: loopback redirect URI with another host or path | CVE-2020-15233, RFC 8252 7.3 | guard: services/auth-api/src/core/protocol/redirect-uri.ts
  it('may take any port on loopback, and nothing else may vary', () => {
    const client = native('http://127.0.0.1/cb', 'http://[::1]:4000/cb', 'http://localhost/cb');

    for (const uri of ['http://127.0.0.1:51004/cb', 'http://[::1]:51004/cb', 'http://localhost:3000/cb']) {
      expect(isRegisteredRedirectUri(client, uri), uri).toBe(true);
    }
    for (const uri of [
      'http://127.0.0.1:51004/other',
      'http://127.0.0.2:51004/cb',
      'https://127.0.0.1:51004/cb',
      'http://localhost.evil.com:3000/cb',
      'http://127.0.0.1:51004/cb?x=1',
    ]) {
      expect(isRegisteredRedirectUri(client, uri), uri).toBe(false);
    }
  });

  it('may use a scheme that is a reversed domain name', () => {
    expect(redirectUriProblem('com.example.app:/callback')).toBeUndefined();
    expect(redirectUriProblem('com.example.app://callback')).toBeUndefined();
    expect(isRegisteredRedirectUri(native('com.example.app:/callback'), 'com.example.app:/callback')).toBe(
      true,
    );
  });

  // attack: any loopback port for a confidential client | RFC 8252 8.3 | guard: services/auth-api/src/core/protocol/redirect-uri.ts
  it('keeps the port fixed for a confidential client', () => {
    expect(isRegisteredRedirectUri(exact('http://localhost:3000/cb'), 'http://localhost:3001/cb')).toBe(
      false,
    );
  });
});

it('a backslash is refused wherever it is: browsers read it as a slash', () => {
  for (const uri of ['https://app.test/a\\b', 'https://app.test\\b', 'https://app.test/?x=\\']) {
    expect(redirectUriProblem(uri), uri).toContain('backslash');
  }
});
