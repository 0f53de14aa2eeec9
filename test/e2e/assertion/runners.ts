// Little programs that call the documented code with assertions, and how each is started. Arguments: assertion, method, path, and again.
// Each prints one line per assertion: `ok` or `no`; Python's adds the statuses of Django, Flask and FastAPI.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { DocumentedFiles } from '../../support/documented.ts';
import { PYTHON } from '../recipes/recipe.ts';

export interface Language {
  readonly name: string;
  /** A command that ends well where everything is there. */
  readonly probe: readonly [command: string, ...args: string[]];
  readonly program: readonly [file: string, text: string];
  readonly run: readonly (readonly [command: string, ...args: string[]])[];
}

const NODE: Language = {
  name: 'Node',
  probe: [process.execPath, '--version'],
  program: [
    'run.mjs',
    `import { identify, verify } from './assertion.mjs';
const asked = process.argv.slice(2);
for (let at = 0; at < asked.length; at += 3) {
  const [assertion, method, path] = asked.slice(at, at + 3);
  const verdict = await verify(assertion, method, path).then(() => 'ok', () => 'no');
  const request = { headers: { 'x-identity-assertion': assertion }, method, url: path + '?x=1' };
  const response = { statusCode: 200, end() {} };
  await identify(request, response, () => {});
  if ((response.statusCode === 200) !== (verdict === 'ok')) throw new Error('identify and verify disagree');
  console.log(verdict);
}`,
  ],
  run: [[process.execPath, 'run.mjs']],
};

const PYTHON_FRAMEWORKS: Language = {
  name: 'Python with PyJWT, Django, Flask and FastAPI',
  probe: [PYTHON, '-c', 'import jwt, cryptography, django, flask, fastapi'],
  program: [
    'run.py',
    `import sys
from urllib.parse import unquote
from assertion import NotFromGateway, verify

import django
from django.conf import settings
settings.configure(ALLOWED_HOSTS=["*"])
django.setup()
from django.http import HttpResponse
from django.test import RequestFactory
from assertion_middleware import AssertionMiddleware
middleware = AssertionMiddleware(lambda request: HttpResponse(status=200 if request.identity else 401))

from flask_app import app as flask_app
from fastapi import HTTPException, Request
from fastapi_app import identity, whoami

def by_verify(assertion, method, path):
    try:
        verify(assertion, method, unquote(path))
        return "ok"
    except NotFromGateway:
        return "no"

def by_django(assertion, method, path):
    return middleware(RequestFactory().generic(method, path, HTTP_X_IDENTITY_ASSERTION=assertion)).status_code

def by_flask(assertion, method, path):
    # There is no such page: 404 is what comes after the check.
    return flask_app.test_client().open(path, method=method, headers={"X-Identity-Assertion": assertion}).status_code

def by_fastapi(assertion, method, path):
    request = Request({"type": "http", "method": method, "path": unquote(path), "headers": [], "query_string": b""})
    try:
        return 200 if whoami(identity(request, assertion))["sub"] else 500
    except HTTPException as error:
        return error.status_code

for at in range(1, len(sys.argv), 3):
    asked = sys.argv[at:at + 3]
    print(by_verify(*asked), by_django(*asked), by_flask(*asked), by_fastapi(*asked))
`,
  ],
  run: [[PYTHON, 'run.py']],
};

const PHP: Language = {
  name: 'PHP (php-cli)',
  probe: ['php', '-r', 'exit(extension_loaded("openssl") && extension_loaded("sodium") ? 0 : 1);'],
  program: [
    'run.php',
    `<?php
error_reporting(E_ALL & ~E_WARNING);
require __DIR__ . '/assertion.php';
foreach (array_chunk(array_slice($argv, 1), 3) as $asked) {
    try {
        verify_assertion(...$asked);
        echo "ok\\n";
    } catch (Throwable) {
        echo "no\\n";
    }
}`,
  ],
  run: [['php', 'run.php']],
};

const JAVA: Language = {
  name: 'Java (a JDK of 17 or later)',
  probe: ['javac', '--release', '17', '-version'],
  program: [
    'Run.java',
    `class Run {
  public static void main(String[] asked) {
    for (int at = 0; at < asked.length; at += 3) {
      String verdict = "ok";
      try {
        Assertion.verify(asked[at], asked[at + 1], asked[at + 2]);
      } catch (Exception refused) {
        verdict = "no";
      }
      System.out.println(verdict);
    }
  }
}`,
  ],
  run: [
    ['javac', 'Assertion.java', 'Run.java'],
    ['java', '-cp', '.', 'Run'],
  ],
};

export const LANGUAGES: readonly Language[] = [NODE, PYTHON_FRAMEWORKS, PHP, JAVA];

export function isAtHand({ name, probe: [command, ...args] }: Language): boolean {
  const isThere = (command !== PYTHON || existsSync(PYTHON)) && spawnSync(command, args).status === 0;
  if (!isThere) console.log(`No ${name} here: its verification of the assertion is not tested.`);
  return isThere;
}

/** One line per assertion. The last command gets the arguments. */
export function verdicts({ program: [file, text], run }: Language, files: DocumentedFiles, asked: readonly string[]) {
  files.add(file, text);
  let output = '';
  for (const [index, [command, ...args]] of run.entries()) {
    const isLast = index === run.length - 1;
    const options = { cwd: files.folder, encoding: 'utf8', timeout: 60_000 } as const;
    const result = spawnSync(command, isLast ? [...args, ...asked] : args, options);
    if (result.status !== 0) throw new Error(`${command}: ${result.stdout}${result.stderr}`);
    output = result.stdout;
  }
  return output.trim().split('\n');
}
