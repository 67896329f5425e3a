#!/usr/bin/env node
/** `config-server-simulator`, and under its shorter name `config-server`. */
import { runProgram } from './program.ts';

await runProgram(process.argv.slice(2));
