#!/usr/bin/env node
'use strict';
// Says in one sentence what is wrong where Node is too old to read the program itself.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`kanilink needs Node 20.19 or later; this is ${process.version}.`);
  process.exit(1);
}
// Where it lies in the package: build/launch/pack-cli.mjs.
const program = '../lib/cli.cjs';
void import(program);
