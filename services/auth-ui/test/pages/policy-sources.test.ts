import { expect, it } from 'vitest';
import { formActionSources } from '../../src/pages/security-headers.ts';

it.each([
  ['https://workspace.example.com', 'https://workspace.example.com'],
  ['http://localhost:9000', 'http://localhost:9000'],
  ['com.example.workspace:', 'com.example.workspace:'],
  ['com.example.workspace://callback', 'com.example.workspace:'],
  // A CSP host source cannot name an IPv6 address.
  ['http://[::1]:7000', 'http:'],
])('a login that ends at %s may lead to %s', (redirectOrigin, source) => {
  expect(formActionSources(redirectOrigin)).toEqual(["'self'", source]);
});

it.each([undefined, '', 'null', '*', "'unsafe-inline'", 'javascript:', 'data:', 'https:', '; script-src *'])(
  'nothing but our own origin is added for %s',
  (redirectOrigin) => {
    expect(formActionSources(redirectOrigin)).toEqual(["'self'"]);
  },
);

it('only the origin of an address gets into the policy', () => {
  expect(formActionSources("https://a.example.com/x; script-src 'unsafe-inline'")).toEqual([
    "'self'",
    'https://a.example.com',
  ]);
});
