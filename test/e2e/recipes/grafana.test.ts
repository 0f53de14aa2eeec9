// The header login of docs/recipes.md: the worker with the very wrangler.toml that stands there, and the headers that arrive.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locationOf } from '../../support/browser.ts';
import { type RunningWorker, startWorker } from '../../support/worker.ts';
import { readVariables } from './recipe.ts';

function variablesOfTheDocument(): Record<string, unknown> {
  const [, section = ''] = readFileSync('docs/recipes.md', 'utf8').split('## Grafana\n');
  const [, toml = ''] = /```toml\n(.*?)```/s.exec(section) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'recipe-'));
  writeFileSync(join(folder, 'wrangler.toml'), toml);
  const { UPSTREAM_URL: _, ...variables } = readVariables(join(folder, 'wrangler.toml'));
  rmSync(folder, { recursive: true });
  return variables;
}

describe('Grafana’s auth proxy as in docs/recipes.md', () => {
  let worker: RunningWorker;
  beforeAll(async () => {
    worker = await startWorker({ env: variablesOfTheDocument() });
    const { roles } = worker.zitadel.project;
    for (const key of ['viewer', 'editor']) roles.set(key, { displayName: key });
  });
  afterAll(() => worker?.stop());

  async function signIn(user: string) {
    const browser = worker.browser();
    const authorizeUrl = locationOf(await browser.navigate('/echo'));
    const back = await browser.navigate(await worker.zitadel.signIn({ authorizeUrl, user }));
    return browser.navigate(locationOf(back), {
      headers: { 'X-WEBAUTH-ROLE': 'Admin', x_webauth_user: 'admin', authorization: 'Bearer glsa_grafanas_own' },
    });
  }
  const headersOf = async (page: Response) => ((await page.json()) as { headers: Record<string, string> }).headers;

  it('says user, address and one role by Grafana’s names, and never what the visitor says', async () => {
    worker.zitadel.setUserRoles('user', ['editor']);
    const headers = await headersOf(await signIn('user'));
    expect(headers).toMatchObject({
      'x-webauth-user': 'uma@acme.zitadel.example',
      'x-webauth-email': 'uma@acme.example',
      'x-webauth-role': 'Editor',
      authorization: 'Bearer glsa_grafanas_own',
    });
    expect(Object.keys(headers).filter((name) => /webauth/.test(name))).toHaveLength(3);
    expect(headers).not.toHaveProperty('x-forwarded-user');
  });

  it('refuses whoever has none of the roles', async () => {
    expect((await signIn('nobody')).status).toBe(403);
  });

  it('writes two roles into one header, which is why the document asks for one each', async () => {
    worker.zitadel.setUserRoles('admin', ['admin', 'viewer']);
    expect((await headersOf(await signIn('admin')))['x-webauth-role']).toBe('Admin,Viewer');
  });
});
