/** The charts as packages of an OCI registry: packed, pushed, and rendered from there as from the checkout. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { freePort } from '@gatehouse/testing/network';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { versionOf } from '../../generate/versions.ts';
import { type AssembledCharts, assembleCharts } from '../assemble.ts';
import { runHelm } from '../helm.ts';
import { repository, serviceCharts, umbrellaChart } from '../places.ts';
import { startRegistry, whyNoRegistry } from '../registry/registry.ts';

describe.skipIf(whyNoRegistry() !== undefined)('charts in an OCI registry', () => {
  let charts: AssembledCharts;
  let registry: Awaited<ReturnType<typeof startRegistry>>;

  beforeAll(async () => {
    charts = await assembleCharts();
    registry = await startRegistry(await freePort());
  }, 120_000);

  afterAll(() => {
    charts?.remove();
    registry?.stop();
  });
  recordForeignSoftware('Helm 4', 'installs its charts, also from an OCI registry', async () =>
    (await runHelm(['version', '--template', '{{.Version}}'], '', 4)).stdout.replace(/^v/, ''),
  );
  recordForeignSoftware('Helm 3', 'installs its charts, also from an OCI registry', async () =>
    (await runHelm(['version', '--template', '{{.Version}}'], '', 3)).stdout.replace(/^v/, ''),
  );

  test.each([3, 4] as const)(
    'Helm %i packs them, pushes them, and renders the same from there',
    async (major) => {
      const folder = await temporaryFolder();
      const registryFolder = `oci://${registry.address}/helm-${major}`;
      for (const chart of [...serviceCharts, umbrellaChart]) {
        const packed = await runHelm(['package', charts.folder(chart), '--destination', folder], '', major);
        expect(packed).toMatchObject({ exitCode: 0 });
      }
      for (const archive of readdirSync(folder)) {
        const file = path.join(folder, archive);
        expect(await runHelm(['push', file, registryFolder, '--plain-http'], '', major)).toMatchObject({
          exitCode: 0,
        });
      }
      for (const chart of [...serviceCharts, umbrellaChart]) {
        const render = async (...from: string[]) => {
          const values = ['--values', path.join(charts.folder(chart), 'ci/minimal.yaml')];
          const { stdout, stderr } = await runHelm(['template', chart, ...from, ...values], '', major);
          return stdout || stderr;
        };
        const published = await render(
          `${registryFolder}/${chart}`,
          '--version',
          versionOf(repository),
          '--plain-http',
        );
        expect(published).toContain('kind: Deployment');
        expect(published).toBe(await render(charts.folder(chart)));
      }
    },
    180_000,
  );
});
