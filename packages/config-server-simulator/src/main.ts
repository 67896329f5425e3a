#!/usr/bin/env node
/** The program `config-server-simulator`. */
import { runProgram } from './program/program.ts';

await runProgram(process.argv.slice(2));
