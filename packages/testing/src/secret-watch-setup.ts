/** Fails every test file whose services logged a secret that went through them. */
import { afterAll, expect } from 'vitest';
import { forgetSecrets, takeLeaks } from './secrets/secret-watch.ts';

afterAll(() => {
  const leaks = takeLeaks();
  forgetSecrets();
  expect(leaks, 'secrets that were logged').toEqual([]);
});
