/** Reads the setting with the patterns of user names that name a tenant. */

const placeholder = /\*|\{user\}|\{tenant\}/g;
/** With more parts that vary in length, matching a long name would take long. */
const maxParts = 2;

/**
 * Says what is wrong with a pattern such as `{user}@{tenant}` or `*@nordic.example=nordic`, as the end of a sentence;
 * undefined when it is valid.
 */
export function patternProblem(entry: string): string | undefined {
  const { pattern, tenant } = splitEntry(entry);
  const parts: string[] = pattern.match(placeholder) ?? [];
  const said = JSON.stringify(entry);
  if (parts.length === 0 || parts.length > maxParts)
    return `${said} needs one or two of *, {user} and {tenant}`;
  if (new Set(parts).size < parts.length) return `${said} has the same part twice`;
  if (/^(?:\*|\{user\}|\{tenant\})+$/.test(pattern))
    return `${said} needs a text that tells its parts from each other`;
  if (parts.includes('{tenant}') === (tenant !== undefined)) {
    return `${said} must name the tenant once: by {tenant}, or behind =`;
  }
  return tenant === '' ? `${said} names no tenant behind =` : undefined;
}

/** Compiles a valid pattern. The result gives undefined for a name that does not match. */
export function readPattern(
  entry: string,
): (userName: string) => { userName: string; tenant: string } | undefined {
  const { pattern, tenant: fixed } = splitEntry(entry);
  const literals = pattern.split(placeholder).map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const parts: string[] = pattern.match(placeholder) ?? [];
  const source = literals.map((literal, index) => literal + groupOf(parts[index])).join('');
  const shape = new RegExp(`^${source}$`, 'iu');
  return (userName) => {
    const groups = shape.exec(userName)?.groups;
    if (groups === undefined) return undefined;
    return { userName: groups['user'] ?? userName, tenant: groups['tenant'] ?? fixed ?? '' };
  };
}

function groupOf(part: string | undefined): string {
  if (part === '{tenant}') return String.raw`(?<tenant>[^\s\\@/:]+)`;
  if (part === '{user}') return '(?<user>.+)';
  return part === '*' ? '(?<any>.+)' : '';
}

function splitEntry(entry: string): { pattern: string; tenant: string | undefined } {
  const equals = entry.indexOf('=');
  if (equals === -1) return { pattern: entry.trim(), tenant: undefined };
  return { pattern: entry.slice(0, equals).trim(), tenant: entry.slice(equals + 1).trim() };
}
