/** Charts assembled once per test file, and short ways to what they render. */
import { afterAll, beforeAll } from 'vitest';
import { type AssembledCharts, assembleCharts } from '../../tools/charts/assemble.ts';
import { ciFile } from '../../tools/charts/ci-values.ts';
import type { ServiceChart, umbrellaChart } from '../../tools/charts/places.ts';
import { type KubernetesObject, type RenderOptions, renderChart } from '../../tools/charts/render.ts';

export const prometheus = 'monitoring.coreos.com/v1';

export interface Rendering {
  folder(chart: ServiceChart | typeof umbrellaChart): string;
  /** Objects of a chart with one of its ci files and, over it, some values. */
  objects(
    chart: ServiceChart,
    ci: 'minimal' | 'full' | 'existing-secret',
    values?: object,
    options?: RenderOptions,
  ): Promise<KubernetesObject[]>;
}

/** Call at the top of a test file. */
export function useCharts(): Rendering {
  let charts: AssembledCharts;
  beforeAll(async () => {
    charts = await assembleCharts();
  });
  afterAll(() => charts.remove());
  // Many tests look at the same rendering; each gets a copy of its own.
  const rendered = new Map<string, Promise<KubernetesObject[]>>();
  return {
    folder: (chart) => charts.folder(chart),
    objects: async (chart, ci, values, options = {}) => {
      const asked = JSON.stringify([chart, ci, values, options]);
      const rendering =
        rendered.get(asked) ??
        renderChart(charts.folder(chart), {
          valuesFiles: [ciFile(chart, ci)],
          ...(values && { values }),
          ...options,
        });
      rendered.set(asked, rendering);
      return structuredClone(await rendering);
    },
  };
}

/** The one object of that kind, or the one with that name. */
export function only(objects: readonly KubernetesObject[], kind: string, name?: string): KubernetesObject {
  const found = objects.filter(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  const [object] = found;
  if (!object || found.length > 1) {
    throw new Error(
      `${found.length} objects of kind ${kind} ${name ?? ''}: ${objects.map((o) => o.kind).join(' ')}`,
    );
  }
  return object;
}
