/** Describes what Auth API reads for alerts: `GET /environment/v3/internal/problems`. */
import { z } from 'zod';
import { problemSchema } from '../answers/overview.ts';

/** Those of the installation. */
export const installationProblemsSchema = z.object({ problems: z.array(problemSchema) });
