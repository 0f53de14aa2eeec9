// Answers of an authorization server: the honest one spoilt, one of another kind, a refusal in all words that mean something, a proxy's page.

import fc from 'fast-check';
import { cook, type JsonRecipe, jsonRecipe } from './json.ts';
import { anyText, applySteps, asFieldValue, type Step, stepsWith } from './text.ts';

export interface AnswerRecipe {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body:
    | { readonly kind: 'honest'; readonly recipe: JsonRecipe }
    | {
        readonly kind: 'error';
        readonly error: unknown;
        readonly description: unknown;
        readonly steps: readonly Step[];
      }
    | { readonly kind: 'text'; readonly text: string };
}

const STATUSES = [200, 200, 200, 201, 204, 302, 400, 400, 401, 403, 404, 429, 429, 429, 500, 500, 502, 503, 599];
const ERRORS = [
  ...['invalid_grant', 'invalid_request', 'invalid_client', 'unauthorized_client', 'server_error', 'access_denied'],
  ...['temporarily_unavailable', 'unsupported_grant_type', 'invalid_scope', 'invalid_token', 'constructor', ''],
];
const DESCRIPTIONS = [
  ...['Errors.OIDCSession.RefreshTokenInvalid', 'Errors.User.NotActive', 'Errors.Internal', 'x'.repeat(5_000), null, 7],
  ...['\r\nevent: forged', '\ud800', '日本語', 'Errors.Token', { a: 1 }],
];
const WAITS = [
  '5',
  '0',
  '-1',
  '99999999999999999999999',
  '1e3',
  'Wed, 21 Oct 2026 07:28:00 GMT',
  'tomorrow',
  '3, 4',
  '',
];
const TYPES = [
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'application/jwt',
  'text/html',
  '',
];

const headers = fc
  .record({
    'content-type': fc.constantFrom(...TYPES),
    'retry-after': fc.option(fc.oneof(fc.constantFrom(...WAITS), anyText), { nil: '' }),
    date: fc.option(fc.constantFrom('Wed, 21 Oct 2026 07:28:00 GMT', 'x'), { nil: '' }),
    'www-authenticate': fc.option(
      fc.oneof(fc.constantFrom('Bearer error="invalid_token"', 'Basic', 'DPoP, ,='), anyText),
      {
        nil: '',
      },
    ),
    'content-length': fc.option(fc.constantFrom('0', '99999999', 'x', '-1'), { nil: '', freq: 12 }),
  })
  .map((all) =>
    Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === '' ? [] : [[name, asFieldValue(value)]])),
    ),
  );

/** `values` and `names` as in jsonRecipe. */
export function answerRecipe(values: readonly unknown[], names: readonly string[] = []): fc.Arbitrary<AnswerRecipe> {
  const honest = fc.record({ kind: fc.constant('honest' as const), recipe: jsonRecipe(values, names) });
  const error = fc.record({
    kind: fc.constant('error' as const),
    error: fc.oneof({ weight: 5, arbitrary: fc.constantFrom<unknown>(...ERRORS) }, fc.jsonValue()),
    description: fc.oneof(fc.constantFrom<unknown>(...DESCRIPTIONS), fc.jsonValue()),
    steps: fc.oneof({ weight: 3, arbitrary: fc.constant<readonly Step[]>([]) }, stepsWith(['{', '"', ','])),
  });
  const text = fc.record({
    kind: fc.constant('text' as const),
    text: fc.oneof(anyText, fc.constantFrom('', '<!doctype html><h1>Oops</h1>', 'null', '[]', '"a"', '{', '\ufeff{}')),
  });
  const plain = fc.constant<AnswerRecipe['headers']>({ 'content-type': 'application/json' });
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ status: fc.constant(200), headers: plain, body: honest }) },
    {
      weight: 3,
      arbitrary: fc.record({
        status: fc.constantFrom(...STATUSES),
        headers,
        body: fc.oneof(honest, error, error, text),
      }),
    },
  );
}

export function toResponse(honest: unknown, { status, headers, body }: AnswerRecipe): Response {
  const isEmpty = status === 204 || status === 304;
  return new Response(isEmpty ? null : bodyOf(honest, body), { status, headers });
}

function bodyOf(honest: unknown, body: AnswerRecipe['body']): string {
  switch (body.kind) {
    case 'honest':
      return cook(honest, body.recipe);
    case 'error':
      return applySteps(JSON.stringify({ error: body.error, error_description: body.description }), body.steps);
    case 'text':
      return body.text;
  }
}

/** Nothing of the honest answer was changed. */
export function isHonest({ status, headers, body }: AnswerRecipe): boolean {
  const isPlain = status === 200 && Object.keys(headers).length === 1 && headers['content-type'] === 'application/json';
  return isPlain && body.kind === 'honest' && body.recipe.edits.length === 0 && body.recipe.steps.length === 0;
}
