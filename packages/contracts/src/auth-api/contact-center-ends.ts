/** Describes what Environment API sends before a contact centre is made under the id of a deleted one. */
import { z } from 'zod';

export const contactCenterEndsPath = '/auth/v3/internal/contact-center-ends';

export const contactCenterEndSchema = z.strictObject({ contactCenterId: z.guid() });
