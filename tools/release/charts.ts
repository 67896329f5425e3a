/** Packs the charts with the digests of the release in their values, and pushes them to the registry. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, parseDocument, stringify, visit } from 'yaml';
import { assembleCharts } from '../charts/assemble.ts';
import { helmBinary } from '../charts/helm.ts';
import { chartsFolder, serviceCharts, umbrellaChart } from '../charts/places.ts';
import { attempt, run } from '../programs/execute.ts';
import type { Change } from './changelog.ts';
import { releaseProgram } from './programs.ts';
import { chartOf, isLocal, type Release, version } from './release.ts';

const charts = [umbrellaChart, ...serviceCharts];

export interface Image {
  registry: string;
  repository: string;
  tag: string;
  digest: string;
}

interface ChartOptions {
  release: Release;
  folder: string;
  changes: readonly Change[];
  /** In place of the registry that the values name for images of stores, where that one cannot be reached. */
  storesRegistry: string | undefined;
}

/** Digest of each chart, as the registry has it. */
export async function pushCharts({ release, folder, changes, storesRegistry }: ChartOptions) {
  const pins = new Map<string, Pin>();
  for (const [target, { digest }] of Object.entries(release.images))
    pins.set(`gatehouse/${target}`, { registry: release.registry, digest });
  for (const image of imagesIn(readFileSync(join(chartsFolder, umbrellaChart, 'values.yaml'), 'utf8'))) {
    if (pins.has(image.repository)) continue;
    const registry = storesRegistry ?? image.registry;
    pins.set(image.repository, { registry, digest: await digestOf({ ...image, registry }) });
  }
  const assembled = await assembleCharts((copies) => {
    const values = charts.map((chart) => join(copies, chart, 'values.yaml'));
    for (const file of values) writeFileSync(file, pinImages(readFileSync(file, 'utf8'), pins));
    const images = values.map((file) => imagesIn(readFileSync(file, 'utf8')));
    charts.forEach((chart, index) => {
      // A release keeps the description of its charts in a Secret of limited size: one of them tells the changes.
      const isUmbrella = chart === umbrellaChart;
      const said = annotationsOf(
        (isUmbrella ? images.flat() : images[index]) ?? [],
        isUmbrella ? changes : [],
      );
      const file = join(copies, chart, 'Chart.yaml');
      writeFileSync(file, `${readFileSync(file, 'utf8').trimEnd()}\n${stringify({ annotations: said })}`);
    });
  });
  try {
    mkdirSync(folder, { recursive: true });
    const digests: Record<string, string> = {};
    for (const chart of charts)
      digests[chart] = await pack(chart, assembled.folder(chart), release.registry, folder);
    return digests;
  } finally {
    assembled.remove();
  }
}

type Pin = Pick<Image, 'registry' | 'digest'>;

/** The values with registry and digest of every image that they name; comments stay. @throws Error that names an image without a digest */
export function pinImages(values: string, pins: ReadonlyMap<string, Pin>): string {
  const document = parseDocument(values);
  visit(document, {
    Map(_key, node) {
      const image = imageIn(node.toJS(document));
      if (image === undefined) return;
      const pin = pins.get(image.repository);
      if (pin === undefined) throw new Error(`no digest is known of the image ${image.repository}`);
      node.set('registry', pin.registry);
      node.set('digest', pin.digest);
    },
  });
  return document.toString({ lineWidth: 0 });
}

export function imagesIn(values: string): Image[] {
  const images: Image[] = [];
  const document = parseDocument(values);
  visit(document, {
    Map(_key, node) {
      if (isMap(node)) images.push(...[imageIn(node.toJS(document)) ?? []].flat());
    },
  });
  return images;
}

/** Everything with a repository and a digest is an image. */
function imageIn(value: Partial<Image>): Image | undefined {
  const { registry = '', repository, tag = '', digest } = value;
  return repository === undefined || digest === undefined ? undefined : { registry, repository, tag, digest };
}

/** What Artifact Hub shows (https://artifacthub.io/docs/topics/annotations/helm/). It finds signatures of cosign by itself. */
export function annotationsOf(images: readonly Image[], changes: readonly Change[]) {
  const names = new Map(
    images.map(({ registry, repository, digest }) => [
      `${registry}/${repository}@${digest}`,
      repository.split('/').at(-1),
    ]),
  );
  const list = [...names].map(([image, name]) => ({ name, image }));
  return {
    'artifacthub.io/license': 'Apache-2.0',
    'artifacthub.io/images': stringify(list),
    ...(changes.length > 0 && { 'artifacthub.io/changes': stringify(changes, { lineWidth: 0 }) }),
  };
}

/** cosign names the place of a signature after the digest of the whole list, whatever the architecture of this machine is. */
async function digestOf({ registry, repository, tag }: Image): Promise<string> {
  const place = await run(await releaseProgram('cosign'), [
    'triangulate',
    `${registry}/${repository}:${tag}`,
  ]);
  const [, digest] = /:sha256-([0-9a-f]{64})\.sig/.exec(place) ?? [];
  if (digest === undefined) throw new Error(`${registry} has no digest of ${repository}:${tag}: ${place}`);
  return `sha256:${digest}`;
}

async function pack(chart: string, from: string, registry: string, folder: string): Promise<string> {
  await run(helmBinary(), ['package', from, '--destination', folder]);
  const place = `oci://${chartOf(registry, chart).split('/').slice(0, -1).join('/')}`;
  const options = isLocal(registry) ? ['--plain-http'] : [];
  const archive = join(folder, `${chart}-${version}.tgz`);
  const { exitCode, stdout, stderr } = await attempt(helmBinary(), ['push', archive, place, ...options]);
  const [, digest] = /Digest: (sha256:[0-9a-f]{64})/.exec(`${stdout}${stderr}`) ?? [];
  if (exitCode !== 0 || digest === undefined) throw new Error(`helm push ${chart}: ${stdout}${stderr}`);
  return digest;
}
