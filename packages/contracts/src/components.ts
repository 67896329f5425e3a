/** Names the schemas that the OpenAPI documents show under a name of their own. */
import { z } from 'zod';

/**
 * Call `.register(components, { id })` last: every other method makes a schema that has no name. What a body holds is named
 * `<id>Input`, what an answer holds `<id>`. All other schemas are named by where they stand.
 */
export const components = z.registry<{ id: string }>();
