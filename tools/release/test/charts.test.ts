import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chartsFolder, serviceCharts } from '../../charts/places.ts';
import { annotationsOf, imagesIn, pinImages } from '../charts.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const pins = new Map(
  [...serviceCharts, 'cli'].map((image) => [
    `gatehouse/${image}`,
    { registry: 'registry.example.com/team', digest },
  ]),
);

describe.each(serviceCharts)('the values of %s', (chart) => {
  const values = readFileSync(join(chartsFolder, chart, 'values.yaml'), 'utf8');

  it('name each image by registry and digest, and nothing else is changed', () => {
    const pinned = pinImages(values, pins);
    const pin = { registry: 'registry.example.com/team', digest };
    const wanted: unknown = JSON.parse(JSON.stringify(parse(values)), (_key, value) =>
      value?.repository === undefined ? value : { ...value, ...pin },
    );
    expect(parse(pinned)).toEqual(wanted);
    expect(imagesIn(pinned)[0]).toMatchObject({ repository: `gatehouse/${chart}`, ...pin });
    expect(pinned).toContain('# Digest (sha256:…); replaces the tag.');
  });

  it('are refused without a digest for each image', () => {
    expect(() => pinImages(values, new Map())).toThrow(`no digest is known of the image gatehouse/${chart}`);
  });
});

it('an image below other keys is found', () => {
  const values = 'a:\n  b:\n    image: { registry: r, repository: library/redis, tag: "7", digest: "" }\n';
  expect(imagesIn(values)).toEqual([{ registry: 'r', repository: 'library/redis', tag: '7', digest: '' }]);
  const pinned = pinImages(values, new Map([['library/redis', { registry: 's', digest }]]));
  expect(imagesIn(pinned)).toEqual([{ registry: 's', repository: 'library/redis', tag: '7', digest }]);
});

it('Artifact Hub is told images by digest, licence and changes', () => {
  const image = { registry: 'registry.example.com', repository: 'gatehouse/auth-api', tag: '', digest };
  const changes = [{ kind: 'added', description: 'It is: here' }];
  // Two charts of a release may name one image.
  const annotations = annotationsOf([image, image], changes);
  expect(annotations['artifacthub.io/license']).toBe('Apache-2.0');
  expect(parse(annotations['artifacthub.io/images'])).toEqual([
    { name: 'auth-api', image: `registry.example.com/gatehouse/auth-api@${digest}` },
  ]);
  expect(parse(annotations['artifacthub.io/changes'] ?? '')).toEqual(changes);
});
