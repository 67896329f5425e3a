import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Figure } from '../peers/figure.ts';
import { measuredPart, type Results, withResults } from '../peers/page.ts';

const page = readFileSync(new URL('../../../docs/explain/performance.md', import.meta.url), 'utf8');

function figure(row: string, server: string, perSecond: number, cpuUs: number, isHint = false): Figure {
  return { row, server, perSecond, cpuUs, p50Ms: 1.234, p99Ms: 12.3, isHint };
}

const results: Results = {
  facts: [['day', '2026-11-27']],
  servers: [
    { name: 'oidc-provider', version: '9.1' },
    { name: 'Hydra', version: '2.3' },
    { name: 'Gatehouse', version: '' },
  ],
  leftOut: ['Keycloak, because no JDK is installed'],
  figures: [
    figure('introspect', 'form post', 40_000, 0),
    figure('introspect', 'oidc-provider', 5_000, 200),
    figure('introspect', 'Hydra', 1_000, 900, true),
    figure('introspect', 'Gatehouse', 20_000, 45),
    figure('login', 'oidc-provider', 100, 9_000),
    figure('login', 'Gatehouse', 80, 6_000),
  ],
  residentMiB: [['Gatehouse', 150]],
};

describe('the page of performance', () => {
  const part = measuredPart(results);

  test('says by rate and by CPU time how often Gatehouse does the work of a peer', () => {
    expect(part).toContain('| work | to oidc-provider 9.1 | to Hydra 2.3 | of a bare form post |');
    expect(part).toContain('| introspection | 4.0× (4.4×) | ~20× (20×) | 0.50 |');
  });

  test('compares a login by CPU time alone, and shows a dash for a peer without it', () => {
    expect(part).toContain('| whole login with code and ID token | (1.5×) | – | – |');
  });

  test('names the peers that were left out, and what a mark means', () => {
    expect(part).toContain('Left out: Keycloak, because no JDK is installed.');
    expect(part).toContain('`~`: other processes disturbed every round');
  });

  test('shows absolute figures with the bare form post beside them', () => {
    expect(part).toContain('| introspection | form post | 40 000 |  | 1.2 | 12 |');
    expect(part).toContain('| introspection | Gatehouse | 20 000 | 45 | 1.2 | 12 |');
  });

  test('replaces the measured part of docs/explain/performance.md and nothing else', () => {
    const written = withResults(page, results);
    expect(written).toContain(part);
    expect(withResults(written, results)).toBe(written);
    expect(written.slice(written.indexOf('## Repeat it'))).toBe(page.slice(page.indexOf('## Repeat it')));
  });

  test('refuses a page without its markers', () => {
    expect(() => withResults('# Performance\n', results)).toThrow('lost its markers');
  });
});
