// GET /auth/client.js: for pages that fetch. On a 401 of ours it opens the sign-in in a small window and repeats the request; it
// warns before the session's end, and finds the place in a page again. Issue 6; design §2. Under 2 KB as it is sent.

/** `texts`: you are signed out, sign in, stay signed in, ends at the latest. */
export const clientScript = (base: string, texts: readonly string[]): string =>
  // The blanks are for whoever reads it here; none of its strings has one beside such a sign.
  `(${SOURCE.replace(/\s*([=?:{}(),;&|<>+*/!-]+)\s*/g, '$1')})(${JSON.stringify(base)},${JSON.stringify(texts)})`;

/**
 * The bar stands beside the window at once, since a blocked window can't be told from one that the sign-in service has cut off from
 * this page (Cross-Origin-Opener-Policy). For the same reason the end is told by a channel.
 * The warning comes two minutes before the end. While it stands, the end is looked up twice a minute.
 * After a sign-in that had to leave the page, the browser has lost the fragment; the tab's storage has not. (A minute's tolerance: two clocks.)
 */
const SOURCE = `(base, [out, signIn, stay, until]) => {
  let real = fetch;
  let bar, due, tell, timer, known;

  let add = (tag, text, to, onclick) => {
    let node = Object.assign(document.createElement(tag), { innerText: text, onclick });
    to.append(' ', node);
    return node
  };
  let show = (text, label, act) => {
    bar?.remove();
    bar = add('div', text, document.body);
    bar.role = 'alert';
    bar.style = 'position:fixed;inset:auto 1em 1em auto;z-index:9999;padding:1em;background:#fff;color:#000;border:solid';
    add('button', label, bar, act);
    add('button', '×', bar, () => { bar.remove(); tell?.() })
  };

  let ask = (more = '') => due ??= new Promise(done => {
    let go = () => open(base + 'login?return_to=' + base + 'done' + more, 'postern', 'width=480,height=720');
    tell = yes => { due = null; bar.remove(); done(yes) };
    show(out, signIn, go);
    navigator.userActivation?.isActive && go()
  });

  let look = async () => {
    clearTimeout(timer);
    let wait;
    let got = await real(base + 'userinfo').catch(() => 0);
    if (got.status == 401) return known && ask();
    if (got.ok) {
      let { started_at, idle_expires_at: end, expires_at } = (await got.json()).session;
      let [at, href] = (sessionStorage.postern ?? '').split(' ');
      if (!known && started_at + 60 > at && href.startsWith(location + '#')) location = href;
      known = 1;
      wait = end * 1e3 - Date.now() - 12e4;
      if (!due) {
        bar?.remove();
        if (wait <= 0) show(until + ' ' + new Date(end * 1e3).toLocaleTimeString(), stay, () =>
          end < expires_at ? real(location, { method: 'HEAD' }).then(look) : ask())
      }
    }
    timer = setTimeout(look, wait > 0 ? Math.min(wait, 2e9) : 3e4)
  };

  window.fetch = async (input, init) => {
    let again = input.clone?.() ?? input;
    let got = await real(input, init);
    let { code, login_url } = got.status == 401 && await got.clone().json().catch(() => 0) || 0;
    if (!(login_url + '').startsWith(base) || code == 'invalid_token') return got;
    return await ask(code == 'unauthenticated' ? '' : '&prompt=login') ? real(again, init) : got
  };

  new BroadcastChannel('postern').onmessage = () => { tell?.(1); look() };
  addEventListener('pagehide', () => { sessionStorage.postern = Date.now() / 1e3 + ' ' + location });
  look()
}`;
