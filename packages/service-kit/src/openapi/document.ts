/** Defines the parts of an OpenAPI document that we read and write, and replaces its references by what they name. */

export interface Schema {
  [keyword: string]: unknown;
  $ref?: string;
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

export type Content = Record<string, { schema?: Schema; example?: object }>;

export interface Answer {
  description: string;
  content?: Content;
}

export interface Reference {
  $ref: string;
}

export interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: object[];
  requestBody?: { content: Content; required?: boolean };
  responses: Record<string, Answer | Reference>;
}

export interface OpenApiDocument {
  info: object;
  servers?: object[];
  components?: {
    schemas?: Record<string, Schema>;
    responses?: Record<string, Answer>;
    parameters?: Record<string, object>;
    securitySchemes?: Record<string, object>;
  };
  security?: Record<string, string[]>[];
  paths: Record<string, Record<string, Operation>>;
}

/** The node with every reference replaced by what it names; keywords beside a reference win. The document has no cycles. */
export function inlined<T>(node: T, document: object): T {
  if (Array.isArray(node)) return node.map((item) => inlined(item, document)) as T;
  if (typeof node !== 'object' || node === null) return node;
  const { $ref, ...own } = node as { $ref?: unknown };
  // A property may be called `$ref`.
  const whole = typeof $ref === 'string' ? { ...named($ref, document), ...own } : node;
  return Object.fromEntries(
    Object.entries(whole).map(([key, value]) => [key, inlined(value, document)]),
  ) as T;
}

function named(reference: string, document: object): object {
  const parts = reference.replace(/^#\//, '').split('/');
  const found = parts.reduce<unknown>(
    (at, part) => (at as Record<string, unknown> | undefined)?.[part],
    document,
  );
  if (typeof found !== 'object' || found === null) throw new Error(`the document has no ${reference}`);
  return inlined(found, document);
}
