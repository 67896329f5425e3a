/** Composes the channels of alerts and what delivers by them; the overview shows a channel that fails as a problem. */
import type { Config } from '../../config.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { Channel } from './channel.ts';
import { createChannelStates } from './channel-states.ts';
import { createDelivery } from './delivery.ts';
import { createMail } from './mail.ts';
import { createOutbox } from './outbox.ts';
import { alertRoutes } from './routes.ts';
import { createWebhook } from './webhook.ts';
import { createWording, type Wording } from './wording.ts';

interface AlertDeliveryDependencies {
  config: Pick<Config, 'alerts'>;
}

export type AlertDelivery = ServicesOf<typeof composeAlertDelivery>;

export function composeAlertDelivery(core: Core, { config: { alerts } }: AlertDeliveryDependencies) {
  const wording = createWording(alerts.language, core.publicUrl);
  const channels = channelsOf(core, alerts, wording);
  const outbox = createOutbox(
    core.writer,
    channels.map(({ name }) => name),
  );
  const states = createChannelStates(core.writer, channels);
  const delivery = createDelivery(core, { channels, outbox, states });
  return {
    services: { channels, delivery, problems: states.problems },
    mounts: [
      [
        'operators',
        '/auth/v3/ops/alerts',
        (app) => alertRoutes(app, { outbox, states, delivery, now: core.now }),
      ],
    ],
    work() {
      if (channels.length > 0) delivery.start();
    },
    close: delivery.close,
  } satisfies Domain;
}

function channelsOf({ outbound, now }: Core, alerts: Config['alerts'], wording: Wording): Channel[] {
  const { webhookUrl, webhookSecret, mailServer, mailFrom, mailTo } = alerts;
  const channels: Channel[] = [];
  if (webhookUrl !== undefined && webhookSecret !== undefined)
    channels.push(createWebhook({ url: webhookUrl, secret: webhookSecret, http: outbound, wording, now }));
  if (mailServer !== undefined && mailFrom !== undefined)
    channels.push(
      createMail({
        server: mailServer,
        from: mailFrom,
        to: mailTo,
        username: alerts.mailUsername,
        password: alerts.mailPassword,
        ca: alerts.mailCa,
        allowPlaintext: alerts.mailAllowPlaintext,
        wording,
      }),
    );
  return channels;
}
