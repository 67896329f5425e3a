/** Reads the document of an import: a piece at a time, so that an estate of any size keeps nobody else waiting. */
import { setImmediate as othersTurn } from 'node:timers/promises';
import { z } from 'zod';
import { contactCenter, type EstateDocument, estateFrame, placeOf } from './document.ts';

type Issue = z.core.$ZodIssue;

const centersOfTurn = 25;
/** Whoever mends these sends it again. */
const mostIssues = 100;

/** @throws ZodError that names the places of what is wrong */
export async function readDocument(body: unknown): Promise<EstateDocument> {
  const frame = estateFrame.safeParse(body);
  const issues: Issue[] = frame.success ? [] : [...frame.error.issues];
  const given = z.looseObject({ contactCenters: z.array(z.unknown()) }).safeParse(body);
  const contactCenters: EstateDocument['contactCenters'] = [];
  for (const [index, one] of (given.data?.contactCenters ?? []).entries()) {
    if (issues.length >= mostIssues) break;
    const read = contactCenter.safeParse(one);
    if (read.success) contactCenters.push(read.data);
    else issues.push(...read.error.issues.map((issue) => below(['contactCenters', index], issue)));
    if (index % centersOfTurn === 0) await othersTurn();
  }
  if (!frame.success || issues.length > 0) throw new z.ZodRealError(issues.slice(0, mostIssues));
  const document = { ...frame.data, contactCenters };
  const twice = repetitions(document);
  if (twice.length > 0) throw new z.ZodRealError(twice.slice(0, mostIssues));
  return document;
}

function below(path: readonly PropertyKey[], issue: Issue): Issue {
  return { ...issue, path: [...path, ...issue.path] };
}

/** Two entries of one list that would be the same row. */
function repetitions({ environments, settings, contactCenters }: EstateDocument): Issue[] {
  const lists: [path: PropertyKey[], keys: string[]][] = [
    [['environments'], environments.map(({ id }) => id)],
    [['contactCenters'], contactCenters.map(({ id }) => id)],
    [['settings'], settings.map(placeOf)],
    ...contactCenters.flatMap((center, index): [PropertyKey[], string[]][] => [
      [['contactCenters', index, 'settings'], center.settings.map(placeOf)],
      [['contactCenters', index, 'saml'], center.saml.map(({ location }) => location)],
      [['contactCenters', index, 'oidc'], center.oidc.map(({ location }) => location)],
    ]),
  ];
  return lists.flatMap(([path, keys]) => {
    const seen = new Set<string>();
    return keys.flatMap((key): Issue[] => {
      if (!seen.has(key)) {
        seen.add(key);
        return [];
      }
      return [{ code: 'custom', path, message: `has ${key} twice: keep one`, input: undefined }];
    });
  });
}
