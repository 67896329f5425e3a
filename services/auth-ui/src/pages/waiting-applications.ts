/** Remembers in the browser which applications wait for a sign-in, so that an expired one can be continued from there. */
import type { InteractionView } from '@gatehouse/contracts/auth-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ownCookie } from './own-cookie.ts';

/** As many as people have tabs with a sign-in of their own. */
const most = 4;

const cookieAt = (publicUrl: string) => ownCookie(publicUrl, 'gatehouse-applications');

/** Until the browser is closed: a tab may be open over night. */
export function rememberApplication(
  request: FastifyRequest,
  reply: FastifyReply,
  interaction: InteractionView | undefined,
  publicUrl: string,
): void {
  const start = interaction && startOf(interaction);
  if (!interaction || start === undefined) return;
  const others = entriesOf(request, publicUrl).filter(([id]) => id !== interaction.id);
  // Neither an address nor a client id has a space.
  const entries = [[interaction.id, `${start} ${interaction.client.id}`], ...others].slice(0, most);
  cookieAt(publicUrl).write(reply, new URLSearchParams(entries as [string, string][]).toString());
}

/** Finds the application that waits for this sign-in, and its start page. Empty in another browser, and after many other sign-ins. */
export function applicationOf(
  request: FastifyRequest,
  publicUrl: string,
): { start?: URL; clientId?: string } {
  const { interaction } = { ...asRecord(request.query), ...asRecord(request.body) };
  const [, kept = ''] = entriesOf(request, publicUrl).find(([id]) => id === interaction) ?? [];
  // The release before kept the address alone.
  const [address = '', clientId] = kept.split(' ');
  const url = URL.parse(address);
  return definedOnly({
    // An address such as `javascript:` would run in our page.
    start: url && /^https?:$/.test(url.protocol) ? url : undefined,
    clientId: clientId && clientId.length <= 128 ? clientId : undefined,
  });
}

/** Its page that begins a sign-in, its home page, or the first page of the origin that it gets its answers at. */
function startOf({ client, redirectOrigin }: InteractionView): string | undefined {
  const url = URL.parse(client.startUri ?? client.clientUri ?? redirectOrigin);
  return url && /^https?:$/.test(url.protocol) ? url.href : undefined;
}

function entriesOf(request: FastifyRequest, publicUrl: string): [string, string][] {
  return [...new URLSearchParams(cookieAt(publicUrl).read(request) ?? '')].slice(0, most);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
