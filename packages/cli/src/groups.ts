/** Every group of commands, in the order of the help. */
import type { CommandGroup } from './command-group.ts';
import { completionCommand } from './commands/completion.ts';
import { environmentCommands } from './commands/env.ts';
import { profileCommands } from './commands/profile.ts';

export const groups: readonly CommandGroup[] = [environmentCommands, profileCommands, completionCommand];
