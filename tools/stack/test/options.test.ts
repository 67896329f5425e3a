import { expect, test } from 'vitest';
import { readOptions } from '../options.ts';

const read = (args: string[], env: Record<string, string> = {}) => readOptions(args, env, '/state');

test('without arguments everything is started here, on the usual ports', () => {
  expect(read([])).toEqual({
    quiet: false,
    reset: false,
    tls: false,
    compat: true,
    directory: 'configServer',
    secondFactor: false,
    stateFolder: '/state',
  });
});

test('port 0 is a wish of its own, not the absence of one', () => {
  expect(read(['--port', '0'])?.port).toBe(0);
});

test('servers may be named by argument or by environment variable; the argument wins', () => {
  const env = { POSTGRES_URL: 'postgres://env/db', REDIS_URL: 'redis://env' };
  expect(read([], env)).toMatchObject({ postgresUrl: 'postgres://env/db', redisUrl: 'redis://env' });
  expect(read(['--redis', 'rediss://given'], env)?.redisUrl).toBe('rediss://given');
});

test('a port that is none is refused with the range', () => {
  expect(() => read(['--port', '70000'])).toThrow(/from 0 to 65535/);
  expect(() => read(['--port', '80x'])).toThrow(/"80x"/);
});

test('an address of the wrong kind is refused without its password', () => {
  expect(() => read(['--postgres', 'mysql://user:secret@host'])).toThrow(/postgres:\/\/, not "host"/);
});

test('the address for browsers is an origin, with or without a slash at its end', () => {
  expect(read(['--public-url', 'https://login.example.com/'])?.publicUrl).toBe('https://login.example.com');
  for (const wrong of ['login.example.com', 'ftp://login.example.com', 'https://login.example.com/auth'])
    expect(() => read(['--public-url', wrong])).toThrow(/scheme, host and port/);
  expect(() => read(['--public-url', 'https://me:secret@login.example.com'])).toThrow(
    /not "login.example.com"/,
  );
});

test('https of our own and an address over http exclude each other', () => {
  expect(() => read(['--tls', '--public-url', 'http://login.example.com'])).toThrow(/--tls serves https/);
});

test('the compat profile is on or off', () => {
  expect(read(['--compat', 'off'])?.compat).toBe(false);
  expect(() => read(['--compat', 'no'])).toThrow(/on or off, not "no"/);
});

test('an unknown option is answered with the usage', () => {
  expect(() => read(['--prot', '1'])).toThrow(/Usage: npm start/);
});

test('--help asks for nothing else', () => {
  expect(read(['--help'])).toBeUndefined();
});

test('the demo people are at the simulator or in the people store', () => {
  expect(read(['--directory', 'people'])?.directory).toBe('people');
  expect(() => read(['--directory', 'ldap'])).toThrow(/configServer or people, not "ldap"/);
});

test('people with second factors are there when asked for', () => {
  expect(read(['--second-factor'])?.secondFactor).toBe(true);
  expect(() => read(['--second-factor=no'])).toThrow(/'--second-factor' does not take an argument/);
});
