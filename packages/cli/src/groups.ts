/** Every group of commands, in the order of the help. */
import type { CommandGroup } from './command-group.ts';
import { administratorCommands } from './commands/administrators.ts';
import { alertCommands } from './commands/alerts.ts';
import { applyCommand } from './commands/apply.ts';
import { auditCommands } from './commands/audit/commands.ts';
import { brandingCommands } from './commands/branding.ts';
import { checkCommand } from './commands/check.ts';
import { clientCommands } from './commands/clients/commands.ts';
import { completionCommand } from './commands/completion.ts';
import { configServerCommands } from './commands/config-server/commands.ts';
import { consoleCommands } from './commands/console.ts';
import { contactCenterCommands } from './commands/contact-centers/commands.ts';
import { corsCommands } from './commands/cors.ts';
import { deletedCommands } from './commands/deleted.ts';
import { doctorCommand } from './commands/doctor/commands.ts';
import { environmentCommands } from './commands/env/commands.ts';
import { estateCommands } from './commands/estate.ts';
import { apiKeyCommands } from './commands/keys.ts';
import { locationCommands } from './commands/locations.ts';
import { overviewCommand } from './commands/overview.ts';
import { peopleCommands } from './commands/people/commands.ts';
import { profileCommands } from './commands/profile.ts';
import { revokeCommand } from './commands/revoke.ts';
import { sessionCommands } from './commands/sessions.ts';
import { settingCommands } from './commands/settings.ts';
import { signalCommands } from './commands/signals.ts';
import { signingKeyCommands } from './commands/signing-keys.ts';
import { ssoCommands } from './commands/sso/commands.ts';

export const groups: readonly CommandGroup[] = [
  clientCommands,
  environmentCommands,
  contactCenterCommands,
  settingCommands,
  brandingCommands,
  corsCommands,
  apiKeyCommands,
  locationCommands,
  deletedCommands,
  applyCommand,
  estateCommands,
  checkCommand,
  configServerCommands,
  ssoCommands,
  peopleCommands,
  sessionCommands,
  revokeCommand,
  administratorCommands,
  consoleCommands,
  overviewCommand,
  alertCommands,
  doctorCommand,
  auditCommands,
  signingKeyCommands,
  signalCommands,
  profileCommands,
  completionCommand,
];
