import { X509Certificate } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadCertificate } from '../state/certificate.ts';
import { statePaths } from '../state/paths.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const load = (...hosts: string[]) =>
  loadCertificate(statePaths(folder), ['localhost', '127.0.0.1', ...hosts]);

test('a certificate fits every name and address of the public host, and stays from start to start', () => {
  const first = load('login.example.test');
  const certificate = new X509Certificate(first.identity.cert);
  expect(certificate.checkHost('login.example.test')).toBe('login.example.test');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.checkIssued(new X509Certificate(first.ca))).toBe(true);
  expect(load('login.example.test')).toEqual(first);
});

test('another name, or the last month of its life, has a new one made', () => {
  const first = load();
  const second = load('login.example.test');
  expect(second.ca).not.toBe(first.ca);
  vi.useFakeTimers({ now: Date.now() + 340 * 86_400_000, toFake: ['Date'] });
  expect(load('login.example.test').ca).not.toBe(second.ca);
});

test('nobody else reads the key, and the key of the authority is not kept', () => {
  load();
  const files = readdirSync(join(folder, 'stack', 'tls'));
  expect(files.sort()).toEqual(['ca.pem', 'public-host-key.pem', 'public-host.pem']);
  for (const file of files) expect(statSync(join(folder, 'stack', 'tls', file)).mode & 0o077).toBe(0);
});
