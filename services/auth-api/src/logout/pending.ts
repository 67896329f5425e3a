/** A sign-out that a page of ours belongs to: it asks the user, or tells other applications before it goes on. */
import type { BrowserReply, BrowserRequest } from '../browser/browser-cookies.ts';

export interface PendingLogout {
  id: string;
  /** `ask`: nothing has ended yet. `ended`: the frames are to be loaded. */
  step: 'ask' | 'ended';
  csrf: string;
  /** Where the browser goes afterwards: registered for the client that asked. */
  continueTo?: string;
  /** The application that asked, where it is known. */
  clientId?: string;
  clientName?: string;
  /** Who is signed in, as the page shows it. */
  userName?: string;
  /** Every session and token of the user ends, not this session alone. */
  everywhere?: boolean;
  frames: string[];
  uiLocales?: string;
}

export type NewPendingLogout = Omit<PendingLogout, 'id' | 'csrf'>;

export interface PendingLogouts {
  /** Bound to the browser, which gets its binding cookie if it has none. @throws AppError (503) */
  create(reply: BrowserReply, request: BrowserRequest, logout: NewPendingLogout): Promise<{ id: string }>;
  /** `browser` is the value of the binding cookie; undefined for another browser's as for one that is gone. */
  read(id: string, browser: string | undefined): Promise<PendingLogout | undefined>;
  /** The same, with the browser's cookie taken from the request. */
  readFor(request: BrowserRequest, id: string): Promise<PendingLogout | undefined>;
  /** It was answered. */
  remove(request: BrowserRequest, id: string): Promise<void>;
}
