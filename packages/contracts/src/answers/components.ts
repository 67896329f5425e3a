/** Names the schemas that the OpenAPI documents show under a name of their own. */
import { z } from 'zod';

/**
 * The name is that of one schema: `.optional()`, `.extend()` and the like make another one. It counts in answers. Bodies,
 * where fields with a default may be left out, and all other schemas are named by where they stand.
 */
export const components = z.registry<{ id: string }>();
