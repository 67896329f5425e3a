import { expect, test } from 'vitest';
import { ciFile } from '../../tools/helm/ci-values.ts';
import { runHelm } from '../../tools/helm/helm.ts';
import { type ServiceChart, serviceCharts } from '../../tools/helm/places.ts';
import { useCharts } from './rendering.ts';

const charts = useCharts();

async function notesOf(chart: ServiceChart, values: object): Promise<string> {
  const args = ['install', chart, charts.folder(chart), '--dry-run=client'];
  const files = ['--values', ciFile(chart, 'minimal'), '--values', '-'];
  const { stdout, stderr } = await runHelm([...args, ...files], JSON.stringify(values));
  const [, notes] = stdout.split(/^NOTES:$/m);
  if (notes === undefined) throw new Error(`no notes: ${stderr}`);
  return notes;
}

// attack: limits shared behind an ingress, unnoticed at the installation | CWE-348 | guard: charts/common/templates/_notes.tpl
test.each(serviceCharts)(
  'the notes of %s warn about an ingress whose callers share one address',
  async (chart) => {
    const warning = 'config.http.trustedProxies is empty';
    const ingress = { enabled: true, hosts: ['login.example.com'] };
    expect(await notesOf(chart, {})).not.toContain(warning);
    expect(await notesOf(chart, { ingress })).toContain(warning);
    expect(await notesOf(chart, { internalIngress: ingress })).toContain(warning);
    const trusting = { ingress, config: { http: { trustedProxies: ['10.0.0.0/8'] } } };
    expect(await notesOf(chart, trusting)).not.toContain(warning);
  },
);
