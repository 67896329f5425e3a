import { X509Certificate } from 'node:crypto';
import { chmodSync, readdirSync, rmSync, statSync } from 'node:fs';
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

test('everybody reads the authority, nobody else the key, and the key of the authority is not kept', () => {
  const { caFile } = load();
  const tls = join(folder, 'stack', 'tls');
  const files = readdirSync(tls);
  expect(files.sort()).toEqual(['ca.pem', 'public-host-key.pem', 'public-host.pem']);
  expect(caFile).toBe(join(tls, 'ca.pem'));
  expect(statSync(caFile).mode & 0o777).toBe(0o644);
  expect(statSync(tls).mode & 0o777).toBe(0o755);
  for (const file of ['public-host-key.pem', 'public-host.pem'])
    expect(statSync(join(tls, file)).mode & 0o077).toBe(0);
});

test('an authority that only its owner could read is opened at the next start', () => {
  const { caFile } = load();
  chmodSync(caFile, 0o600);
  load();
  expect(statSync(caFile).mode & 0o777).toBe(0o644);
});
