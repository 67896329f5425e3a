/** Says clients and contact centres in the sentences of findings as people call them: the APIs know them by their ids. */
import type { Finding } from '@gatehouse/contracts/answers';
import type { ConsoleVisit } from '../shell.ts';
import { clientNames } from './client-names.ts';
import { centerNames } from './contact-centers.ts';

/** One that has no name for this administrator keeps its id. A client may serve any number of contact centres: the first ones get names. */
const maxNamed = 50;

export async function namedFindings(visit: ConsoleVisit, findings: readonly Finding[]): Promise<Finding[]> {
  const all = findings.flatMap(({ sentences = [] }) => sentences.map(({ parameters }) => parameters));
  const [clients, centers] = await Promise.all([
    clientNames(
      visit,
      all.flatMap(({ clientId }) => (typeof clientId === 'string' ? [clientId] : [])),
    ),
    centerNames(visit, all.flatMap(({ ids }) => (Array.isArray(ids) ? ids : [])).slice(0, maxNamed)),
  ]);
  return findings.map((finding) => ({
    ...finding,
    sentences: finding.sentences?.map(({ key, parameters: { clientId, ids, ...others } }) => ({
      key,
      parameters: {
        ...others,
        ...(clientId !== undefined && { clientId: clients.get(String(clientId)) ?? clientId }),
        ...(ids !== undefined && {
          ids: Array.isArray(ids) ? ids.map((id) => centers.get(id) ?? id) : ids,
        }),
      },
    })),
  }));
}
