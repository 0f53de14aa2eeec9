// GET /auth/client.js: for pages that fetch. On a 401 of ours it opens the sign-in in a small window and repeats the request for the same
// person; it warns before the session's end, and finds the place in a page again. ARCHITECTURE §2. Under 2 KB as it is sent.

import { ENDPOINTS, type FolderEndpoint } from '../endpoints/catalogue.ts';

/** `texts`: you are signed out, sign in, stay signed in, ends at the latest. */
export const clientScript = (base: string, texts: readonly string[]): string =>
  // Blanks beside these signs are for the reader of this file, and taken out; no string of the script has one there.
  `(${SOURCE.replace(/\s*([=?:{}(),;&|<>+*/!-]+)\s*/g, '$1')})(${JSON.stringify(base)},${JSON.stringify(texts)})`;

const nameOf = (endpoint: FolderEndpoint) => ENDPOINTS[endpoint].path.slice(1);

/**
 * The bar stands beside the window at once, since a blocked window can't be told from one that the sign-in service has cut off from
 * this page (Cross-Origin-Opener-Policy). For the same reason the end is told by a channel.
 * The warning comes two minutes before the end. While it stands, the end is looked up twice a minute.
 * Somebody else may sign in. What the page shows and was about to send belongs to the first person then, so it is loaded anew; likewise
 * where it is not known whose page it was.
 * After a sign-in that had to leave the page, the browser has lost the fragment; the tab's storage has not. (A minute's tolerance: two clocks.)
 */
const SOURCE = `(base, [out, signIn, stay, until]) => {
  let get = fetch, bar, due, tell, id, who,

  add = (tag, text, to, onclick) => {
    let node = Object.assign(document.createElement(tag), { innerText: text, onclick });
    to.append(' ', node);
    return node
  },
  show = (text, label, act) => {
    bar?.remove();
    bar = add('div', text, document.body);
    bar.role = 'alert';
    bar.style = 'position:fixed;bottom:1em;right:1em;z-index:999;padding:1em;background:#fff;color:#000;border:solid';
    add('button', label, bar, act);
    add('button', '×', bar, () => { bar.remove(); tell?.() })
  },

  ask = (more = '') => due ||= new Promise(done => {
    let me = who,
    go = () => open(base + '${nameOf('login')}?return_to=' + base + '${nameOf('done')}' + more, 'postern', 'width=480,height=720');
    tell = async yes => {
      due = tell = 0;
      bar.remove();
      !yes || me && await look() === me ? done(yes) : location.reload()
    };
    show(out, signIn, go);
    navigator.userActivation?.isActive && go()
  }),

  look = async () => {
    clearTimeout(id);
    let wait, got = await get(base + '${nameOf('userinfo')}').catch(() => 0);
    if (got.status == 401) return who && ask();
    if (got.ok) {
      let { sub, session: { started_at, idle_expires_at: end, expires_at } } = await got.json(),
      [at, href] = (sessionStorage.postern ?? '').split(' ');
      if (!who && started_at + 60 > at && href?.startsWith(location + '#')) location = href;
      if ((who ??= sub) !== sub) return location.reload();
      wait = end * 1e3 - Date.now() - 12e4;
      if (!due) {
        bar?.remove();
        if (wait <= 0) show(until + ' ' + new Date(end * 1e3).toLocaleTimeString(), stay, () =>
          end < expires_at ? get(location, { method: 'HEAD' }).then(look) : ask())
      }
    }
    id = setTimeout(look, wait > 0 ? Math.min(wait, 2e9) : 3e4);
    return got.ok && who
  };

  window.fetch = async (what, how) => {
    let copy = what.clone?.() ?? what,
    got = await get(what, how),
    { code, login_url } = got.status == 401 && await got.clone().json().catch(() => 0) || 0;
    return (login_url + '').startsWith(base) && code != 'invalid_token'
      && await ask(code == 'unauthenticated' ? '' : '&prompt=login') ? get(copy, how) : got
  };

  new BroadcastChannel('postern').onmessage = () => tell ? tell(1) : look();
  addEventListener('pagehide', () => sessionStorage.postern = Date.now() / 1e3 + ' ' + location);
  look()
}`;
