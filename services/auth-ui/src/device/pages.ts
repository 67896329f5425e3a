/** Builds the pages for a user whose device waits for approval. */
import { deviceFields } from '@gatehouse/contracts/auth-api';
import { deviceCodeField } from '../pages/fields.ts';
import type { Message } from '../pages/message.ts';
import type { DeviceDonePage, DevicePage } from '../pages/views.ts';
import { titleOf, type Visit } from '../pages/visit.ts';

/** Why the last code was refused. */
export const deviceFailures = ['unknown', 'throttled'] as const;
export const deviceResults = ['approved', 'denied', 'expired'] as const;

export type DeviceFailure = (typeof deviceFailures)[number];
export type DeviceResult = (typeof deviceResults)[number];

export function devicePage({ text }: Visit, typed: string, failure: DeviceFailure | undefined): DevicePage {
  const message: Message | undefined = failure && {
    kind: 'danger',
    title: text(`device.${failure}.title`),
    text: text(`device.${failure}.text`),
  };
  const field = deviceCodeField(deviceFields.userCode, text('field.deviceCode'), typed, {
    hint: text('field.deviceCode.hint'),
  });
  return {
    title: titleOf(text, text('device.title'), message !== undefined),
    message,
    fields: [field],
    focus: field.name,
  };
}

export function deviceDonePage({ text }: Visit, result: DeviceResult): DeviceDonePage {
  return {
    title: text(`device.${result}.title`),
    lead: text(`device.${result}.text`),
    isGood: result === 'approved',
  };
}
