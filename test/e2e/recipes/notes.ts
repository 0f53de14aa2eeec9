// What the recipes with notes have in common: a landing page, a profile, notes with a form, and a page for administrators.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { locationOf } from '../../support/browser.ts';
import {
  hiddenField,
  type Recipe,
  type RecipeOptions,
  sendAgain,
  startRecipe,
  submit,
  UPSTREAM_SECRET,
} from './recipe.ts';

export function describeNotes(isRunnable: boolean, options: RecipeOptions): void {
  describe.skipIf(!isRunnable)(`examples/${options.folder}`, () => {
    let recipe: Recipe;
    beforeAll(async () => {
      recipe = await startRecipe({ ...options, variables: { CLAIMS_MAX_AGE: '1' } });
    });
    afterAll(() => recipe?.stop());

    it('shows everybody the landing page, and greets whom it knows', async () => {
      const stranger = recipe.worker.browser();
      expect(await (await stranger.navigate('/')).text()).toContain('Everybody may read');
      const [, style = ''] =
        /<link rel="stylesheet" href="([^"]*)">/.exec(await (await stranger.navigate('/')).text()) ?? [];
      expect((await stranger.fetch(style)).headers.get('content-type')).toContain('text/css');
      const { browser } = await recipe.signIn('staff', '/profile');
      expect(await (await browser.navigate('/')).text()).toContain('Hello, Zoë Kõiv-Straße 王!');
    });

    it('shows a profile with everything that the gateway says', async () => {
      const { page } = await recipe.signIn('staff', '/profile');
      const { organizationId, users } = SEED;
      const html = await page.text();
      expect(html).toContain('<h1>Zoë Kõiv-Straße 王</h1>');
      for (const fact of ['zoe@acme.example', 'staff, user', organizationId, users.staff]) {
        expect(html).toContain(`<dd>${fact}</dd>`);
      }
    });

    it('takes a note with the form’s token; without it, or with another user’s, it does not', async () => {
      const { origin } = recipe.worker;
      const { browser, page } = await recipe.signIn('user', '/notes');
      const csrf_token = hiddenField(await page.text(), 'csrf_token');
      const sent = await submit(browser, origin, '/notes', { csrf_token, text: 'Tea & <cake> at five' });
      expect(sent.status).toBe(303);
      const notes = await (await browser.navigate(locationOf(sent))).text();
      expect(notes).toContain('Tea &amp; &lt;cake&gt; at five (Uma Lind)');
      expect((await submit(browser, origin, '/notes', { text: 'x' })).status).toBe(400);
      const { browser: other } = await recipe.signIn('staff', '/notes');
      expect((await submit(other, origin, '/notes', { csrf_token, text: 'x' })).status).toBe(400);
    });

    it('takes a note that was sent after signing out, over the sign-in', async () => {
      const { origin, zitadel } = recipe.worker;
      const { browser, page } = await recipe.signIn('user', '/notes');
      const csrf_token = hiddenField(await page.text(), 'csrf_token');
      await recipe.signOut(browser);
      const away = await submit(browser, origin, '/notes', { csrf_token, text: 'Käse & Brot' });
      const back = await browser.navigate(await zitadel.signIn({ authorizeUrl: locationOf(away), user: 'user' }));
      expect((await sendAgain(browser, origin, locationOf(back))).status).toBe(303);
      expect(await (await browser.navigate('/notes')).text()).toContain('Käse &amp; Brot (Uma Lind)');
    });

    it('shows the administrators’ page to them alone', async () => {
      expect((await recipe.signIn('admin', '/admin')).page.status).toBe(200);
      expect((await recipe.signIn('staff', '/admin')).page.status).toBe(403);
      expect((await recipe.signIn('nobody', '/admin')).page.status).toBe(403);
    });

    it('closes that page within CLAIMS_MAX_AGE to whoever has lost the role', async () => {
      const { browser } = await recipe.signIn('admin', '/admin');
      recipe.worker.zitadel.setUserRoles('admin', ['user']);
      try {
        const status = async () => (await browser.navigate('/admin')).status;
        await vi.waitFor(async () => expect(await status()).toBe(403), { timeout: 15_000, interval: 200 });
        expect(await (await browser.navigate('/profile')).text()).toContain('<dd>user</dd>');
      } finally {
        recipe.worker.zitadel.setUserRoles('admin', ['admin', 'user']);
      }
    });

    it('has a second lock behind the gateway’s: the application itself judges too', async () => {
      const ask = (path: string, identity: Record<string, string>) =>
        fetch(recipe.application + path, {
          headers: { 'X-Gateway-Secret': UPSTREAM_SECRET, ...identity },
          redirect: 'manual',
        });
      const refused = await ask('/admin', { 'X-Forwarded-User': '1', 'X-Forwarded-Roles': 'staff,not%2Cadmin,user' });
      expect(refused.status).toBe(403);
      expect(await refused.text()).toContain('Access denied');
      expect(locationOf(await ask('/profile?a=b', {}))).toMatch(/^\/auth\/login\?return_to=(%2F|\/)profile%3Fa%3Db$/);
    });

    it('signs out', async () => {
      const { browser } = await recipe.signIn('user', '/profile');
      expect((await recipe.signOut(browser)).status).toBe(200);
      expect(await (await browser.navigate('/')).text()).toContain('Sign in');
      expect(new URL(locationOf(await browser.navigate('/profile'))).pathname).toBe('/oauth/v2/authorize');
    });

    it('refuses whoever comes past the gateway', async () => {
      const forged = { 'X-Forwarded-User': SEED.users.admin, 'X-Forwarded-Roles': 'admin' };
      expect((await fetch(`${recipe.application}/admin`, { headers: forged })).status).toBe(403);
      const guessed = { ...forged, 'X-Gateway-Secret': UPSTREAM_SECRET.slice(1) };
      expect((await fetch(recipe.application, { headers: guessed })).status).toBe(403);
    });
  });
}
