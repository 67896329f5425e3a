#!/usr/bin/env node
/** `config-server-conformance`: the examination as a program of its own. */
import { runProgram } from './program.ts';

await runProgram(['conformance', ...process.argv.slice(2)]);
