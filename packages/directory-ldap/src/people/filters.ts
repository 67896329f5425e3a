/**
 * Builds search filters (RFC 4511 section 4.5.1.7) as values, never as text: whatever a person types is compared as it
 * stands, so no character of it can change what is asked.
 */
import {
  AndFilter,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  FilterParser,
  OrFilter,
  PresenceFilter,
  SubstringFilter,
} from 'ldapts';

/** Reads a filter that an operator wrote (RFC 4515). @throws Error */
export function operatorFilter(text: string): Filter {
  return FilterParser.parseString(text);
}

export function equals(attribute: string, value: string | Buffer): Filter {
  return new EqualityFilter({ attribute, value });
}

/** The empty text: any value. */
export function beginsWith(attribute: string, text: string): Filter {
  return text === ''
    ? new PresenceFilter({ attribute })
    : new SubstringFilter({ attribute, initial: text, any: [], final: '' });
}

export function allOf(...filters: Filter[]): Filter {
  return filters.length === 1 ? (filters[0] as Filter) : new AndFilter({ filters });
}

export function anyOf(filters: Filter[]): Filter {
  return filters.length === 1 ? (filters[0] as Filter) : new OrFilter({ filters });
}

/** [MS-ADTS] 3.1.1.3.4.4.3: also through groups in groups. */
export function isWithin(attribute: string, dn: string): Filter {
  return new ExtensibleFilter({ matchType: attribute, rule: '1.2.840.113556.1.4.1941', value: dn });
}
