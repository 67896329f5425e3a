import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../src/elasticsearch/bulk.ts';

describe('the outcome of a document', () => {
  it.each([
    ['created', { status: 201 }, 'done'],
    ['there already', { status: 409, error: { type: 'version_conflict_engine_exception' } }, 'done'],
    ['too many requests', { status: 429, error: { type: 'es_rejected_execution_exception' } }, 'again'],
    ['disk full', { status: 429, error: { type: 'cluster_block_exception' } }, 'again'],
    ['index closed for writing', { status: 403, error: { type: 'cluster_block_exception' } }, 'again'],
    ['no permission', { status: 403, error: { type: 'security_exception' } }, 'again'],
    ['shard away', { status: 503, error: { type: 'unavailable_shards_exception' } }, 'again'],
    ['a field of the wrong type', { status: 400, error: { type: 'document_parsing_exception' } }, 'refused'],
    ['an unknown field', { status: 400, error: { type: 'strict_dynamic_mapping_exception' } }, 'refused'],
    ['no answer for it', {}, 'again'],
  ])('%s', (_, item, kind) => {
    expect(outcomeOf(item).kind).toBe(kind);
  });

  it('names the field of a refused document and none of its values', () => {
    const reason =
      "[1:9] failed to parse field [client.ip] of type [ip] in document with id 'x'. Preview: 'agent'";
    const error = { type: 'document_parsing_exception', reason };
    expect(outcomeOf({ status: 400, error })).toEqual({
      kind: 'refused',
      reason: 'document_parsing_exception: field [client.ip] of type [ip]',
    });
    expect(outcomeOf({ status: 400, error: { type: 'other', reason: 'no [agent] here' } })).toMatchObject({
      reason: 'other',
    });
  });
});
