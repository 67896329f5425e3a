/** The pages and buttons of the flows beside the ordinary sign-in. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../calls/make.ts';
import type { Issuer } from '../issuer.ts';
import type { PlaygroundOptions } from '../options.ts';
import { approvalPage } from '../pages/approval.ts';
import { chainPage } from '../pages/chain.ts';
import { devicePage } from '../pages/device.ts';
import { dpopPage } from '../pages/dpop.ts';
import { jarmPage } from '../pages/jarm.ts';
import type { Page } from '../pages/layout.ts';
import { problemPage } from '../pages/problem.ts';
import { newVisit, type Visit } from '../visit.ts';
import type { Visits } from '../visits.ts';
import { createApproval } from './approval.ts';
import { createChain } from './chain.ts';
import { createDevice } from './device.ts';
import { createDpop } from './dpop.ts';
import { createJarm } from './jarm.ts';

interface FlowDependencies {
  app: FastifyInstance;
  visits: Visits;
  issuer: Issuer;
  caller: Caller;
  options: PlaygroundOptions;
  show(reply: FastifyReply, page: Page): FastifyReply;
}

export function serveFlows({ app, visits, issuer, caller, options, show }: FlowDependencies): void {
  const { url, client, chain: services, flows } = options;
  const chain = createChain({ issuer, caller, client, services });
  const dpop = createDpop({ issuer, caller, client: flows.dpop, url });
  const jarm = createJarm({ issuer, caller, client: flows.jarm, url });
  const device = createDevice(issuer, caller, flows.device);
  const approval = createApproval(issuer, caller, flows.approval);

  const page = (path: string, render: (visit: Visit) => Page) =>
    app.get(path, (request, reply) => {
      const visit = visits.find(request) ?? newVisit();
      const rendered = render(visit);
      delete visit.notice;
      return show(reply, rendered);
    });
  const print = { issuer: issuer.issuer, caFile: options.caFile };
  page('/chain', (visit) => chainPage(visit, print));
  page('/dpop', (visit) => dpopPage(visit, print));
  page('/jarm', (visit) => jarmPage(visit, print));
  page('/device', (visit) => devicePage(visit, print));
  page('/ciba', (visit) => approvalPage(visit, print, options));

  /** Does the work and shows the page again, or leads where the work says. */
  const button = (
    path: string,
    back: string,
    work: (visit: Visit, request: FastifyRequest) => Promise<unknown>,
  ) =>
    app.post(path, async (request, reply) => {
      const visit = visits.begin(request, reply);
      try {
        const address = await work(visit, request);
        return reply.redirect(typeof address === 'string' ? address : back, 303);
      } catch (error) {
        visit.notice = { kind: 'bad', text: (error as Error).message };
        return reply.redirect(back, 303);
      }
    });
  button('/chain/start', '/chain', chain);
  button('/dpop/start', '/dpop', dpop.begin);
  button('/dpop/steal', '/dpop', dpop.steal);
  button('/jarm/start', '/jarm', jarm.begin);
  button('/jarm/redeem', '/jarm', jarm.redeem);
  button('/device/start', '/device', device.begin);
  button('/device/poll', '/device', device.ask);
  button('/ciba/start', '/ciba', (visit, { body }) =>
    approval.begin(visit, String((body as Record<string, unknown> | undefined)?.['login_hint'] ?? '')),
  );
  button('/ciba/poll', '/ciba', approval.ask);

  /** The browser is back from signing in. */
  const callback = (
    path: string,
    back: string,
    arrive: (visit: Visit, query: Record<string, string>) => Promise<void>,
  ) =>
    app.get(path, async (request, reply) => {
      const visit = visits.find(request);
      if (!visit) return show(reply.code(400), problemPage('This sign-in was not started in this browser.'));
      const query = request.query as Record<string, string>;
      try {
        await arrive(visit, query);
      } catch (error) {
        visit.notice = { kind: 'bad', text: (error as Error).message };
      }
      return reply.redirect(back, 303);
    });
  callback('/dpop/callback', '/dpop', dpop.arrive);
  callback('/jarm/callback', '/jarm', jarm.arrive);
}
