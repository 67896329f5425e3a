/** Erases personal data from the documents in Elasticsearch. */
import type { ElasticsearchClient } from '../elasticsearch/client.ts';

const pageSize = 500;

export interface ErasedCopies {
  userIds: readonly string[];
  /** As the documents have them. */
  userNames: readonly string[];
  /** Contact centres to which the ids are confined; those of the names. Absent: everywhere. */
  idsWithin?: readonly string[];
  namesWithin?: readonly string[];
  /** Until when the names were the person's. Given with `namesWithin`, the names count where no id is known. */
  namesUntilMs?: number;
}

/** Resolves the number of rewritten documents. The search no longer finds those, so a repetition continues where it stopped. */
export async function erasePersonalFields(
  client: ElasticsearchClient,
  dataStream: string,
  person: ErasedCopies,
): Promise<number> {
  let erased = 0;
  for (;;) {
    await client.indices.refresh({ index: dataStream, ignore_unavailable: true });
    const { hits } = await client.search<Record<string, unknown>>({
      index: dataStream,
      ignore_unavailable: true,
      size: pageSize,
      seq_no_primary_term: true,
      query: { bool: { should: conditionsOf(person) } },
    });
    if (hits.hits.length === 0) return erased;
    const operations = hits.hits.flatMap(({ _id, _index, _seq_no, _primary_term, _source }) => [
      { index: { _index, _id, if_seq_no: _seq_no, if_primary_term: _primary_term } },
      withoutPerson(_source ?? {}),
    ]);
    const { errors, items } = await client.bulk({ operations });
    if (errors) {
      const refused = items.find(({ index }) => index?.error)?.index?.error?.type;
      throw new Error(`Elasticsearch does not let documents be changed: ${refused}`);
    }
    erased += hits.hits.length;
  }
}

function conditionsOf({ userIds, userNames, idsWithin, namesWithin, namesUntilMs }: ErasedCopies) {
  const within = (places: readonly string[] | undefined) =>
    places === undefined ? [] : [{ terms: { 'organization.id': [...places] } }];
  const until =
    namesUntilMs === undefined
      ? []
      : [{ range: { '@timestamp': { lte: new Date(namesUntilMs).toISOString() } } }];
  return [
    { bool: { filter: [{ terms: { 'user.id': [...userIds] } }, ...within(idsWithin)] } },
    {
      bool: {
        filter: [{ terms: { 'user.name': [...userNames] } }, ...within(namesWithin), ...until],
        must_not: namesWithin === undefined ? [] : [{ exists: { field: 'user.id' } }],
      },
    },
  ];
}

function withoutPerson({
  user,
  client,
  gatehouse,
  ...kept
}: Record<string, unknown>): Record<string, unknown> {
  const { client_id } = (gatehouse ?? {}) as Record<string, unknown>;
  return { ...kept, gatehouse: client_id === undefined ? {} : { client_id } };
}
