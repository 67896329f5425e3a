/** Describes the link by which the operator signs in to the console: its answer, its page and the grant that redeems it. */
import { z } from 'zod';

/** Parameters of the grant, beside `code`. */
export const consoleLinkParameters = {
  /** Where the browser is that opened the link: the console asks in its name. */
  visitorAddress: 'visitor_address',
} as const;

/** The page that a link opens, below the public host; the code is in the fragment, which no browser sends. */
export const consoleLinkPath = '/auth/console/open';

export const consoleLinkSchema = z.object({
  url: z.url().describe('For the browser of the operator. It works once; the code is after the #.'),
  expiresAt: z.iso.datetime(),
});

export type ConsoleLink = z.infer<typeof consoleLinkSchema>;

/** 256 random bits. */
export const consoleLinkCodePattern = /^[A-Za-z0-9_-]{43}$/;
