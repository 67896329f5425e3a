/** Checks the documents of a request one by one, so that many of them do not block other requests. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { type Document, documentSchema } from '@gatehouse/contracts/documents';
import { z } from 'zod';

const documentsPerTurn = 100;
/** More are reported once these are corrected. */
const maxIssues = 100;

/** @throws ZodError that names the place of each problem */
export async function readDocuments(given: readonly unknown[]): Promise<Document[]> {
  const documents: Document[] = [];
  const issues: z.core.$ZodIssue[] = [];
  for (const [index, one] of given.entries()) {
    if (issues.length >= maxIssues) break;
    const read = documentSchema.safeParse(one);
    if (read.success) documents.push(read.data);
    else
      issues.push(
        ...read.error.issues.map((issue) => ({ ...issue, path: ['documents', index, ...issue.path] })),
      );
    if (index % documentsPerTurn === 0) await yieldToOthers();
  }
  if (issues.length > 0) throw new z.ZodRealError(issues.slice(0, maxIssues));
  return documents;
}
