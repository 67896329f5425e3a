/** Writes what a request sends: its content, and its query. */
import { definedOnly } from '@gatehouse/contracts/values';

export interface RequestContent {
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as application/x-www-form-urlencoded. */
  form?: Record<string, string>;
  /** Sent as it is. */
  content?: { type: string; text: string | Uint8Array };
}

export function contentOf({ json, form, content }: RequestContent): RequestContent['content'] {
  if (json !== undefined) return { type: 'application/json', text: JSON.stringify(json) };
  if (form === undefined) return content;
  return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(form).toString() };
}

export function queryOf(query: Record<string, string | undefined> = {}): string {
  const given = new URLSearchParams(definedOnly(query) as Record<string, string>);
  return given.size === 0 ? '' : `?${given}`;
}
