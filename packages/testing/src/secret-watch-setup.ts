/** For every test file: no secret that went through a service may be in what the services logged. */
import { afterAll, expect } from 'vitest';
import { takeLeaks } from './secret-watch.ts';

afterAll(() => {
  expect(takeLeaks(), 'secrets that were logged').toEqual([]);
});
