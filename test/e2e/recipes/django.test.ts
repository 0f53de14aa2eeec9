// The Django recipe: admin and polls of an existing project, roles of ZITADEL as superuser, staff and plain user.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { locationOf, type TestBrowser } from '../../support/browser.ts';
import {
  hasModules,
  hiddenField,
  PYTHON,
  type Recipe,
  sendAgain,
  startRecipe,
  submit,
  UPSTREAM_SECRET,
} from './recipe.ts';

const { users } = SEED;

describe.skipIf(!hasModules('Django (python3-django)', 'django'))('examples/django', () => {
  let recipe: Recipe;
  beforeAll(async () => {
    recipe = await startRecipe({
      folder: 'django',
      prepare: [[PYTHON, 'manage.py', 'migrate', '--verbosity', '0']],
      command: (port) => [PYTHON, 'manage.py', 'runserver', '--noreload', `127.0.0.1:${port}`],
      env: ({ data }) => ({ DATABASE: `${data}/db.sqlite3`, DJANGO_DEBUG: '1' }),
      variables: { CLAIMS_MAX_AGE: '1' },
    });
  });
  afterAll(() => recipe?.stop());

  const kindOf = async (browser: TestBrowser) => /(superuser|staff|plain user)<\/dd>/.exec(await text(browser))?.[1];
  const text = async (browser: TestBrowser) => (await browser.navigate('/user/')).text();
  const setRoles = (user: string, roles: string[]) => recipe.worker.zitadel.setUserRoles(user, roles);

  it('shows everybody the landing page, the list of polls and the style sheet', async () => {
    const browser = recipe.worker.browser();
    expect(await (await browser.navigate('/')).text()).toContain('Sign in');
    expect(await (await browser.navigate('/polls/')).text()).toContain('Tea or coffee?');
    expect((await browser.fetch('/static/polls/style.css')).headers.get('content-type')).toContain('text/css');
  });

  it('signs in for a question, greets by name, and keeps the id as username', async () => {
    const { browser, page } = await recipe.signIn('staff', '/polls/1/');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Zoë Kõiv-Straße 王');
    const profile = await text(browser);
    expect(profile).toContain(`<dd>${users.staff}</dd>`);
    expect(profile).toContain('zoe@');
    expect(await (await browser.navigate('/polls/')).text()).toContain('Sign out');
  });

  it('makes admin a superuser, staff staff and user a plain user, and lets each see what is theirs', async () => {
    const expected = [
      ['admin', 'superuser', 200, 200],
      ['staff', 'staff', 200, 403],
      ['user', 'plain user', 403, 403],
    ] as const;
    for (const [user, kind, results, admin] of expected) {
      const { browser } = await recipe.signIn(user, '/user/');
      expect(await kindOf(browser)).toBe(kind);
      expect((await browser.navigate('/polls/1/')).status).toBe(200);
      expect((await browser.navigate('/polls/1/results/')).status).toBe(results);
      expect((await browser.navigate('/admin/polls/question/')).status).toBe(admin);
    }
  });

  it('refuses whoever has no role, here and at Django, and creates no user', async () => {
    const { browser, page } = await recipe.signIn('nobody', '/user/');
    expect(page.status).toBe(403);
    expect(await (await browser.navigate('/polls/')).text()).toContain('Sign in');
    // A public page that Django guards itself must not end in a circle of sign-ins.
    const refused = await browser.navigate('/accounts/login/?next=/polls/');
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('Use another account');
    const { browser: admin } = await recipe.signIn('admin', '/admin/auth/user/');
    expect(await (await admin.navigate('/admin/auth/user/')).text()).not.toContain(users.nobody);
  });

  it('sends a stranger whom Django refuses to the gateway’s sign-in, and back', async () => {
    const answer = await recipe.worker.browser().navigate('/accounts/login/?next=/polls/1/%3Fa=b');
    expect(locationOf(answer)).toBe('/auth/login?return_to=%2Fpolls%2F1%2F%3Fa%3Db');
  });

  it('takes a vote with a CSRF token, and refuses one without', async () => {
    const { browser, page } = await recipe.signIn('staff', '/polls/1/');
    const csrfmiddlewaretoken = hiddenField(await page.text(), 'csrfmiddlewaretoken');
    const { origin } = recipe.worker;
    const sent = await submit(browser, origin, '/polls/1/vote/', { csrfmiddlewaretoken, choice: '1' });
    expect(sent.status).toBe(302);
    expect(await (await browser.navigate(locationOf(sent))).text()).toMatch(/Tea<\/th><td>1</);
    expect((await submit(browser, origin, '/polls/1/vote/', { choice: '1' })).status).toBe(403);
    expect((await submit(browser, origin, '/polls/1/vote/', { csrfmiddlewaretoken })).status).toBe(400);
  });

  it('uses the admin: adds a question there, and leaves by its own way out', async () => {
    const { browser, page } = await recipe.signIn('admin', '/admin/polls/question/add/');
    const form = await page.text();
    const sent = await submit(browser, recipe.worker.origin, '/admin/polls/question/add/', {
      csrfmiddlewaretoken: hiddenField(form, 'csrfmiddlewaretoken'),
      question_text: 'Cake or pie?',
      pub_date_0: '2026-01-01',
      pub_date_1: '12:00:00',
      'choice_set-TOTAL_FORMS': '0',
      'choice_set-INITIAL_FORMS': '0',
    });
    expect(locationOf(sent)).toBe('/admin/polls/question/');
    expect(await (await browser.navigate('/polls/')).text()).toContain('Cake or pie?');
    expect(form).not.toContain('password_change');
    const leaving = await browser.navigate('/admin/logout/', { headers: { 'sec-fetch-site': 'same-origin' } });
    expect(locationOf(leaving)).toBe('/auth/logout');
  });

  it('demotes and promotes within CLAIMS_MAX_AGE, without a new sign-in', async () => {
    const { browser } = await recipe.signIn('admin', '/user/');
    try {
      setRoles('admin', ['user']);
      await vi.waitFor(async () => expect(await kindOf(browser)).toBe('plain user'), {
        timeout: 15_000,
        interval: 200,
      });
      expect((await browser.navigate('/admin/')).status).toBe(403);
      expect((await browser.navigate('/polls/1/results/')).status).toBe(403);
      setRoles('admin', ['staff', 'user']);
      await vi.waitFor(async () => expect(await kindOf(browser)).toBe('staff'), { timeout: 15_000, interval: 200 });
      expect((await browser.navigate('/polls/1/results/')).status).toBe(200);
    } finally {
      setRoles('admin', ['admin', 'user']);
    }
    await vi.waitFor(async () => expect(await kindOf(browser)).toBe('superuser'), { timeout: 15_000, interval: 200 });
  });

  it('leaves no flag to somebody who has lost the last role', async () => {
    const { browser } = await recipe.signIn('staff', '/user/');
    const { browser: admin } = await recipe.signIn('admin', '/admin/');
    const staff = async () => (await admin.navigate('/admin/auth/user/?is_staff__exact=1')).text();
    expect(await staff()).toContain(users.staff);
    try {
      setRoles('staff', []);
      await vi.waitFor(async () => expect(await (await browser.navigate('/polls/')).text()).toContain('Sign in'), {
        timeout: 15_000,
        interval: 200,
      });
      expect((await browser.navigate('/user/')).status).toBe(403);
      expect(await staff()).not.toContain(users.staff);
    } finally {
      setRoles('staff', ['staff', 'user']);
    }
  });

  it('keeps a user out whom the admin has deactivated', async () => {
    const { browser } = await recipe.signIn('user', '/user/');
    const { browser: admin } = await recipe.signIn('admin', '/admin/');
    const list = await (await admin.navigate(`/admin/auth/user/?q=${users.user}`)).text();
    const [, change = ''] = /href="(\/admin\/auth\/user\/\d+\/change\/)/.exec(list) ?? [];
    const form = await (await admin.navigate(change)).text();
    const fields = {
      csrfmiddlewaretoken: hiddenField(form, 'csrfmiddlewaretoken'),
      username: users.user,
      date_joined_0: '2026-01-01',
      date_joined_1: '12:00:00',
    };
    expect((await submit(admin, recipe.worker.origin, change, fields)).status).toBe(302);
    expect(await (await browser.navigate('/polls/')).text()).toContain('Sign in');
    await submit(admin, recipe.worker.origin, change, { ...fields, is_active: 'on' });
    expect(await kindOf(browser)).toBe('plain user');
  });

  it('takes a vote whose sender had been signed out meanwhile: the gateway keeps it over the sign-in, CSRF token and all', async () => {
    const { browser, page } = await recipe.signIn('staff', '/polls/1/');
    const csrfmiddlewaretoken = hiddenField(await page.text(), 'csrfmiddlewaretoken');
    await recipe.signOut(browser);
    // In another tab, where Django sees that nobody is signed in and ends its own session.
    await browser.navigate('/polls/');
    const { origin, zitadel } = recipe.worker;
    const away = await submit(browser, origin, '/polls/1/vote/', { csrfmiddlewaretoken, choice: '2' });
    const back = await browser.navigate(await zitadel.signIn({ authorizeUrl: locationOf(away), user: 'staff' }));
    const sent = await sendAgain(browser, origin, locationOf(back));
    expect(sent.status).toBe(302);
    expect(await (await browser.navigate(locationOf(sent))).text()).toMatch(/Coffee<\/th><td>1</);
  });

  it('does not hand one visitor’s Django session to the next in the same browser', async () => {
    const { browser } = await recipe.signIn('user', '/user/');
    const before = (await browser.cookies()).get('sessionid');
    expect(before).toBeTruthy();
    await recipe.signOut(browser);
    const away = await browser.navigate('/user/');
    const back = await browser.navigate(
      await recipe.worker.zitadel.signIn({ authorizeUrl: locationOf(away), user: 'staff' }),
    );
    expect(await (await browser.navigate(locationOf(back))).text()).toContain(users.staff);
    expect((await browser.cookies()).get('sessionid')).not.toBe(before);
  });

  it('signs out: public pages know nobody, the others ask to sign in', async () => {
    const { browser } = await recipe.signIn('user', '/user/');
    expect((await recipe.signOut(browser)).status).toBe(200);
    expect(await (await browser.navigate('/polls/')).text()).toContain('Sign in');
    expect(new URL(locationOf(await browser.navigate('/user/'))).pathname).toBe('/oauth/v2/authorize');
  });

  it('refuses whoever comes past the gateway', async () => {
    const forged = { 'X-Forwarded-User': users.admin, 'X-Forwarded-Roles': 'admin' };
    expect((await fetch(`${recipe.application}/admin/`, { headers: forged })).status).toBe(403);
    const guessed = { ...forged, 'X-Gateway-Secret': UPSTREAM_SECRET.slice(1) };
    expect((await fetch(`${recipe.application}/admin/`, { headers: guessed })).status).toBe(403);
  });
});
