#!/usr/bin/env node
// `npm create postern@latest my-gateway`: the same as `npx postern@latest init my-gateway`, by the version of Postern that it depends on.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

process.argv.splice(2, 0, 'init');
const postern = dirname(createRequire(import.meta.url).resolve('postern/package.json'));
await import(pathToFileURL(join(postern, 'bin/postern.js')).href);
