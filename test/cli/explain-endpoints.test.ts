// `explain` about what no rule decides: the gateway's own endpoints, methods and hosts; and how who may not pass is told so.
// ARCHITECTURE §2, §3.

import { describe, expect, it } from 'vitest';
import { explain } from '../../cli/explain/command.ts';
import { loadWithoutSecrets } from '../../cli/installation/installation.ts';
import { environment, run } from './explain-bed.ts';

describe('explain: what no rule is asked about', () => {
  it('what is settled before any rule is asked', async () => {
    expect((await run('GET /auth/login')).output).toContain('an endpoint of the gateway’s own');
    expect((await run('GET /x --host evil.example')).output).toContain('answer      421');
    expect((await run('TRACE /x')).output).toContain('answer      405');
  });

  const OPEN = [{ path: '/*', access: 'public' }];
  const open = async (changes: Record<string, unknown>) =>
    loadWithoutSecrets({ ...environment, ROUTES: OPEN, ...changes });
  const CB = { ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/cb' };
  const ROOT = { ZITADEL_CALLBACK_URL: 'https://app.example.com/callback' };
  const BYE = { ZITADEL_POST_LOGOUT_URL: 'https://app.example.com/bye' };
  const OWN = 'an endpoint of the gateway’s own';
  const PASSED = 'passed on, byte for byte as it came';
  it.each([
    ['GET /auth/done --anonymous', {}, '200', OWN],
    ['GET /auth/whatever --anonymous', {}, '404', 'nothing is there'],
    ['GET /auth --anonymous', {}, '404', 'nothing is there'],
    ['GET /auth/cb --anonymous', CB, '302 for a page, 401 for anything else', OWN],
    ['GET /auth/callback --anonymous', CB, '404', 'nothing is there'],
    ['GET /callback --anonymous', ROOT, '302 for a page, 401 for anything else', OWN],
    ['GET /profile', ROOT, '200', OWN],
    ['GET /whatever --anonymous', ROOT, PASSED, ''],
    ['GET /bye --anonymous', BYE, PASSED, 'the application’s page, except'],
    ['GET /.well-known/oauth-protected-resource --anonymous', {}, '200', OWN],
    ['GET /.well-known/oauth-protected-resource --anonymous', { ZITADEL_PROJECT_ID: '' }, '404', OWN],
    ['DELETE /auth/login --anonymous', {}, '405', 'for GET, HEAD, POST alone'],
    ['HEAD /auth/logout', {}, '405', 'for GET, POST alone'],
    ['TRACE /auth/login --host evil.example', {}, '405', 'TRACE is never forwarded'],
    ['GET /auth/login --host evil.example', {}, '421', 'evil.example is not served here'],
    ['GET /auth/login --host APP.example.com:443', {}, '302 for a page, 401 for anything else', OWN],
    ['GET /auth/login/ --anonymous', {}, '404', 'nothing is there'],
    ['GET /auth/%6Cogin --anonymous', {}, '404', 'nothing is there'],
    ['GET /authx --anonymous', {}, PASSED, ''],
    ['GET /AUTH/login --anonymous', {}, PASSED, ''],
    ['GET /%61uth/login --anonymous', {}, PASSED, ''],
  ])('%s with %j: %s', async (command, changes, answer, beforehand) => {
    const { output } = await explain(command.split(' '), () => open(changes));
    expect(output).toMatch(new RegExp(`^answer      ${answer}$`, 'm'));
    if (beforehand === '') expect(output).not.toContain('beforehand');
    else expect(output).toContain(beforehand);
  });

  it('a form that needs a sign-in is sent on with 303, a script is not where a rule redirects', async () => {
    const redirecting = () => open({ ROUTES: [{ path: '/*', unauthenticated: 'redirect' }] });
    const answers = async (method: string) =>
      (await explain([method, '/x', '--anonymous'], redirecting)).output.split('\n').at(-1);
    expect(await answers('GET')).toBe('answer      302 to ZITADEL');
    expect(await answers('POST')).toBe('answer      303 to ZITADEL for a page, 401 problem for anything else');
    expect(await answers('DELETE')).toBe('answer      401 problem');
  });

  it.each([
    ['same-origin', '303 to ZITADEL for a page, 401 problem for anything else', 'if a page of this site sent it'],
    ['cross-site', '303 to ZITADEL for a page, 401 problem for anything else', 'whichever site sent it'],
    ['none', '401 problem', 'not kept'],
  ])('a form, where keep_post is %s', async (keep_post, answer, words) => {
    const { output } = await explain(['POST', '/x', '--anonymous'], () =>
      open({ ROUTES: [{ path: '/*', keep_post }] }),
    );
    expect(output).toContain(`\nanswer      ${answer}`);
    expect(output).toMatch(new RegExp(`^form        .*${words}`, 'm'));
  });
});
