#!/usr/bin/env node
// The command `postern`: finds a Node that is new enough, then the command itself, built or, in a clone, in its source.
// Plain JavaScript of any Node from 18 on: what does not fit must be able to say so.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** As Wrangler wants it. */
const OLDEST = [22, 12];
/** What needs no Wrangler runs on an older Node, too: with it one gets a folder in which there is a newer. */
const FRUGAL = ['init', 'version', 'completion', 'help', '--help', '-h', '--version'];

const self = fileURLToPath(import.meta.url);
const root = dirname(dirname(self));
const source = join(root, 'cli/postern.ts');
const isClone = existsSync(source);

if (process.platform === 'win32') {
  fail('Windows itself is not supported. Use the Windows Subsystem for Linux: there everything works as on Linux.');
} else if (isRecent(process.versions.node) || (!isClone && isFrugal())) {
  const { runPostern } = await import(pathToFileURL(isClone ? source : join(root, 'dist/cli/postern.js')).href);
  process.exitCode = await runPostern(process.argv.slice(2));
} else {
  const newer = findNewerNode();
  if (newer === undefined)
    fail(
      `Node ${OLDEST.join('.')} or newer is wanted, and this is ${process.versions.node}. npm install --save-dev node@24 brings one for this folder.`,
    );
  else {
    const PATH = [dirname(newer), process.env.PATH ?? ''].join(delimiter);
    process.exitCode = await handOn(newer, { ...process.env, PATH });
  }
}

/** Signals are handed on: whoever ends this one means the other, which has more to end. So does npm, which ends its shell alone. */
function handOn(node, env) {
  const child = spawn(node, [self, ...process.argv.slice(2)], { stdio: 'inherit', env });
  const parent = process.ppid;
  setInterval(() => process.env.npm_execpath && process.ppid !== parent && child.kill('SIGTERM'), 500).unref();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function isRecent(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function isFrugal() {
  const [name] = process.argv.slice(2);
  return name === undefined || FRUGAL.includes(name) || process.argv.includes('--help');
}

/** The package `node` brings one: beside this package, or in the folder where the command is used. */
function findNewerNode() {
  for (const place of [self, join(process.cwd(), 'package.json')]) {
    try {
      const program = join(dirname(createRequire(place).resolve('node/package.json')), 'bin/node');
      if (existsSync(program)) return program;
    } catch (cause) {
      if (cause.code !== 'MODULE_NOT_FOUND' && cause.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw cause;
    }
  }
  return undefined;
}

function fail(sentence) {
  process.stderr.write(`postern: ${sentence}\n`);
  process.exitCode = 1;
}
