#!/usr/bin/env node
/** The program `gatehouse`. */
import { runCli } from './program.ts';
import { processTerminal } from './terminal/terminal.ts';

process.exitCode = await runCli(process.argv.slice(2), processTerminal());
