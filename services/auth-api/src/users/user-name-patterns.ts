/** Tells the tenant by how a user name looks: `{user}@{tenant}`, `*@nordic.example=nordic`. For names typed without a tenant. */
import type { LoginName } from './login-name.ts';

export interface UserNamePattern {
  /** Undefined when the name does not look like this. */
  read(userName: string): Required<LoginName> | undefined;
}

const placeholder = /\*|\{user\}|\{tenant\}/g;
/** Two parts that vary in length: more would take the matcher long for long names. */
const mostParts = 2;

/** What is wrong with an entry, as the end of a sentence; undefined when it is a pattern. */
export function patternProblem(entry: string): string | undefined {
  const { pattern, tenant } = split(entry);
  const parts: string[] = pattern.match(placeholder) ?? [];
  const said = JSON.stringify(entry);
  if (parts.length === 0 || parts.length > mostParts)
    return `${said} needs one or two of *, {user} and {tenant}`;
  if (new Set(parts).size < parts.length) return `${said} has the same part twice`;
  if (/^(?:\*|\{user\}|\{tenant\})+$/.test(pattern))
    return `${said} needs a text that tells its parts from each other`;
  if (parts.includes('{tenant}') === (tenant !== undefined)) {
    return `${said} must name the tenant once: by {tenant}, or behind =`;
  }
  return tenant === '' ? `${said} names no tenant behind =` : undefined;
}

/** An entry without a problem. */
export function readPattern(entry: string): UserNamePattern {
  const { pattern, tenant: fixed } = split(entry);
  const literals = pattern.split(placeholder).map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const parts: string[] = pattern.match(placeholder) ?? [];
  const source = literals.map((literal, index) => literal + groupOf(parts[index])).join('');
  const shape = new RegExp(`^${source}$`, 'iu');
  return {
    read(userName) {
      const groups = shape.exec(userName)?.groups;
      if (groups === undefined) return undefined;
      return { userName: groups['user'] ?? userName, tenant: groups['tenant'] ?? fixed ?? '' };
    },
  };
}

function groupOf(part: string | undefined): string {
  if (part === '{tenant}') return String.raw`(?<tenant>[^\s\\@/:]+)`;
  if (part === '{user}') return '(?<user>.+)';
  return part === '*' ? '(?<any>.+)' : '';
}

function split(entry: string): { pattern: string; tenant: string | undefined } {
  const equals = entry.indexOf('=');
  if (equals === -1) return { pattern: entry.trim(), tenant: undefined };
  return { pattern: entry.slice(0, equals).trim(), tenant: entry.slice(equals + 1).trim() };
}
