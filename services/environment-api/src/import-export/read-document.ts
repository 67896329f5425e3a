/** Checks the document of an import in pieces, so that a large document does not block other requests. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { z } from 'zod';
import {
  brandingEntry,
  contactCenter,
  environment,
  type InstallationDocument,
  installationFrame,
  personNumberGroup,
  setting,
  settingKey,
} from './document.ts';

type Issue = z.core.$ZodIssue;

const entriesPerTurn = 25;
/** More are reported once these are corrected. */
const maxIssues = 100;

/** @throws ZodError that names the place of each problem */
export async function readDocument(body: unknown): Promise<InstallationDocument> {
  const frame = installationFrame.safeParse(body);
  const issues: Issue[] = frame.success ? [] : [...frame.error.issues];
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const lists = {
    settings: await readEntries(given, 'settings', setting, issues),
    branding: await readEntries(given, 'branding', brandingEntry, issues),
    environments: await readEntries(given, 'environments', environment, issues),
    contactCenters: await readEntries(given, 'contactCenters', contactCenter, issues),
    personNumbers: await readEntries(given, 'personNumbers', personNumberGroup, issues),
  };
  if (!frame.success || issues.length > 0) throw new z.ZodRealError(issues.slice(0, maxIssues));
  const document = { ...frame.data, ...lists };
  const repeated = repetitions(document);
  if (repeated.length > 0) throw new z.ZodRealError(repeated.slice(0, maxIssues));
  return document;
}

/** Stops once there are enough problems: a problem takes more memory than the text that it is about. */
async function readEntries<T extends z.ZodType>(
  given: Record<string, unknown>,
  name: string,
  schema: T,
  issues: Issue[],
): Promise<z.output<T>[]> {
  const entries: z.output<T>[] = [];
  const list = given[name];
  if (!Array.isArray(list)) return entries;
  for (const [index, one] of list.entries()) {
    if (issues.length >= maxIssues) break;
    const read = schema.safeParse(one);
    if (read.success) entries.push(read.data);
    else issues.push(...read.error.issues.map((issue) => below([name, index], issue)));
    if (index % entriesPerTurn === 0) await yieldToOthers();
  }
  return entries;
}

function below(path: readonly PropertyKey[], issue: Issue): Issue {
  return { ...issue, path: [...path, ...issue.path] };
}

/** Entries of one list that would become the same row. */
function repetitions({ environments, settings, branding, contactCenters }: InstallationDocument): Issue[] {
  const lists: [path: PropertyKey[], keys: string[]][] = [
    [['environments'], environments.map(({ id }) => id)],
    [['contactCenters'], contactCenters.map(({ id }) => id)],
    [['settings'], settings.map(settingKey)],
    [['branding'], branding.map(({ location }) => location)],
    ...contactCenters.flatMap((center, index): [PropertyKey[], string[]][] => [
      [['contactCenters', index, 'settings'], center.settings.map(settingKey)],
      [['contactCenters', index, 'branding'], center.branding.map(({ location }) => location)],
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
