/** Installs by running the documentation as it is printed: one step for each block that an operator runs. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { blocksOf } from '../../../tools/charts/page-blocks.ts';
import type { Cluster } from '../cluster.ts';
import { repository } from '../places.ts';
import type { Step } from '../step.ts';
import { workplace } from '../workplace.ts';

/** The pages on the way from nothing to a login, and the sections of each that are run; all where none is named. */
const pages = [
  { page: 'guides/deployment.md', sections: ['Images', 'Kubernetes'] },
  { page: 'start/first-login.md', sections: undefined },
] as const;

export function pageSteps(): Step[] {
  return pages.flatMap(({ page, sections }) => stepsOfPage(page, sections));
}

/** One step for each shell block; the files that are printed before it are written by it. */
export function stepsOfPage(page: string, sections: readonly string[] | undefined): Step[] {
  const text = readFileSync(path.join(repository, 'docs', page), 'utf8');
  const steps: Step[] = [];
  let files: { file: string; text: string }[] = [];
  for (const part of text.split(/^(?=##+ )/m).filter((one) => isChosen(text, one, sections))) {
    const heading = /^#+ (.*)/.exec(part)?.[1] ?? '';
    for (const block of blocksOf(part)) {
      if (block.file !== undefined) files.push({ file: block.file, text: block.text });
      if (block.language !== 'sh') continue;
      const written = files;
      files = [];
      steps.push({
        name: `${path.basename(page)} as printed: ${heading}`,
        isNeeded: true,
        run: (cluster) => runBlock(cluster, block.text, written),
      });
    }
  }
  return steps;
}

/** Whether the part belongs to a chosen section of the second level. */
function isChosen(page: string, part: string, sections: readonly string[] | undefined): boolean {
  if (!sections) return true;
  const before = page.slice(0, page.indexOf(part) + part.indexOf('\n'));
  const section = [...before.matchAll(/^## (.*)/gm)].at(-1)?.[1];
  return section !== undefined && sections.includes(section);
}

async function runBlock(
  cluster: Cluster,
  lines: string,
  files: readonly { file: string; text: string }[],
): Promise<string> {
  for (const { file, text } of files) writeFileSync(path.join(workplace, file), text);
  const output = await cluster.shell.run(lines).catch(async (error: Error) => {
    const said = await logsOfTests(cluster);
    throw new Error(`${error.message}\n${said}`.trim(), { cause: error });
  });
  if (lines.includes('create namespace')) await denyEverything(cluster);
  return lines.includes('docker ') ? '' : (output.trim().split('\n').at(-1)?.slice(0, 100) ?? '');
}

/** Reads the logs that `helm test` leaves when it fails. */
async function logsOfTests({ namespace, tryKubectl }: Cluster): Promise<string> {
  const selector = 'app.kubernetes.io/component=test';
  const { stdout } = await tryKubectl(['logs', '--namespace', namespace, '--selector', selector]);
  return stdout.trim();
}

/** As strict as a cluster may be: no connection that no policy allows. The page itself makes the namespace restricted. */
async function denyEverything({ apply, namespace, tryKubectl }: Cluster): Promise<void> {
  if ((await tryKubectl(['get', 'namespace', namespace])).exitCode !== 0) return;
  await apply(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: default-deny, namespace: ${namespace} }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
`);
}
