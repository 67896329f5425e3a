/** An estate as text, piece by piece: the event loop is free between them, and no moment needs all of it in memory. */
import { centerOf, frameOf } from './export.ts';
import type { EstateFrame, StoredCenter } from './store.ts';
import { yamlOf } from './yaml-bodies.ts';

type Pages = AsyncIterable<readonly StoredCenter[]>;

export async function* jsonPieces(frame: EstateFrame, pages: Pages): AsyncGenerator<string> {
  yield `${JSON.stringify(frameOf(frame)).slice(0, -1)},"contactCenters":[`;
  let isFirst = true;
  for await (const centers of pages) {
    const text = centers.map((center) => JSON.stringify(centerOf(center))).join();
    yield isFirst ? text : `,${text}`;
    isFirst = false;
  }
  yield ']}';
}

export async function* yamlPieces(frame: EstateFrame, pages: Pages): AsyncGenerator<string> {
  yield yamlOf(frameOf(frame));
  let isEmpty = true;
  for await (const centers of pages) {
    // Entries of a list may stand as far left as its name.
    yield `${isEmpty ? 'contactCenters:\n' : ''}${yamlOf(centers.map(centerOf))}`;
    isEmpty = false;
  }
  if (isEmpty) yield 'contactCenters: []\n';
}
