// What the browser tests ask of a browser, whichever it is: the same journey runs in Chromium, Firefox and WebKit.

/** One tab or window. Each question is asked of what it shows now. */
export interface Tab {
  /** Goes there as somebody who types the address, and waits until whatever is shown in the end has loaded. */
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  back(): Promise<void>;
  url(): Promise<string>;
  /** The value of an expression, awaited where it is a promise; JSON only. */
  evaluate<T>(expression: string): Promise<T>;
  /** A real click, which lets a page open a window, on the first element that fits the CSS selector. */
  click(selector: string): Promise<void>;
  close(): Promise<void>;
}

export interface BrowserOptions {
  /** Names that are on this machine, beside `localhost`. */
  readonly hosts?: readonly string[];
}

export interface RealBrowser {
  readonly name: 'Chromium' | 'Firefox' | 'WebKit';
  /** A visitor of their own: no cookies, no storage, no cache of anybody else's. Ends the visit before. */
  visit(): Promise<Visit>;
  close(): Promise<void>;
}

export interface Visit {
  tab(): Promise<Tab>;
  /** All that are open, windows that pages have opened included; the oldest first. */
  tabs(): Promise<Tab[]>;
  end(): Promise<void>;
}

const MARKED = 'data-test-pressed';

/** Clicks the button or link of this name. */
export async function press(tab: Tab, name: RegExp): Promise<void> {
  await until(`a button ${name}`, async () =>
    tab.evaluate<boolean>(`(() => {
      for (const old of document.querySelectorAll('[${MARKED}]')) old.removeAttribute('${MARKED}');
      const all = [...document.querySelectorAll('button, a, input[type=submit], summary')];
      const found = all.find((element) => ${name}.test((element.innerText || element.value || '').trim()));
      found?.setAttribute('${MARKED}', '');
      return found !== undefined;
    })()`),
  );
  await tab.click(`[${MARKED}]`);
}

export const textOf = (tab: Tab): Promise<string> =>
  tab.evaluate<string>('document.body.innerText.replaceAll("\\u00a0", " ")');

/** Until the tab is where it should be and has loaded. */
export async function arrive(tab: Tab, where: string | RegExp): Promise<void> {
  let url = '';
  await until(
    () => `${where}, but it is at ${url}`,
    async () => {
      url = await tab.url();
      const isThere = typeof where === 'string' ? url === where : where.test(url);
      return isThere && (await tab.evaluate<string>('document.readyState')) === 'complete';
    },
  );
}

/** Asks until it is so. A page that is just being left can't be asked: that is no answer. Only as long as a broken browser would take. */
export async function until(what: string | (() => string), isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  let failure: unknown;
  while (Date.now() < end) {
    try {
      if (await isSo()) return;
    } catch (error) {
      failure = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited for ${typeof what === 'string' ? what : what()}`, { cause: failure });
}
