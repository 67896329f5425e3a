/** Seals a form that arrived before its person had signed in again, so that a page can send it once more and shows nothing of it. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Seal } from './seal.ts';
import type { Session } from './session.ts';

/** A form with this field is one that was held: the field stands for all others. */
export const heldField = 'held';

const lifeMs = 3_600_000;
const maxLength = 200_000;

const heldSchema = z.object({
  sub: z.string(),
  url: z.string(),
  atMs: z.number(),
  body: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});

type Held = z.infer<typeof heldSchema>;

export function createHeldForms({ seal, now }: { seal: Seal; now: Clock }) {
  const arrived = new WeakMap<FastifyRequest, unknown>();
  return {
    /** Records the form as it arrived, before its schema reduces it. */
    record(request: FastifyRequest): void {
      arrived.set(request, request.body);
    },
    /** Undefined: it has a file, or is too long. */
    async hold(request: FastifyRequest, { sub }: Session): Promise<string | undefined> {
      const read = heldSchema.shape.body.safeParse(arrived.get(request));
      if (!read.success || JSON.stringify(read.data).length > maxLength) return undefined;
      return seal.seal({ sub, url: request.url, atMs: now(), body: read.data } satisfies Held);
    },
    /** Undefined: it was not sealed here, or for another person or page, or too long ago. */
    async release(
      text: string,
      { url }: FastifyRequest,
      { sub }: Session,
    ): Promise<Held['body'] | undefined> {
      const read = heldSchema.safeParse(await seal.open(text));
      if (!read.success || read.data.sub !== sub || read.data.url !== url) return undefined;
      return now() - read.data.atMs < lifeMs ? read.data.body : undefined;
    },
  };
}
