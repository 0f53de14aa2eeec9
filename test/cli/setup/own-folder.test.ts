// `npx postern setup` for an application that uses the usual folder itself. ARCHITECTURE §2.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bed, createBed, createTestSystem, only, scriptedPrompts } from '../setup-bed.ts';

const UPSTREAM = 'http://localhost:8081';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
});
afterEach(async () => await bed.stop());

/** OmniAuth's folder at the application; everything else as it is. */
const fetch = async (url: string, init: RequestInit) =>
  url.startsWith(UPSTREAM)
    ? new Response(null, { status: new URL(url).pathname === '/auth/failure' ? 302 : 404 })
    : await createTestSystem().fetch(url, init);

describe('ARCHITECTURE §2: an application that has addresses below /auth itself', () => {
  it('on a terminal another folder is proposed, registered and written', async () => {
    const asked: string[] = [];
    const prompts = scriptedPrompts({}, asked);
    const { code } = await bed.setup([], { fetch, prompts });
    expect(code).toBe(0);
    expect(asked.join('\n')).toContain('addresses of its own below /auth (/auth/failure)');
    const { redirectUris, postLogoutRedirectUris } = only(bed.zitadel.store.applications) as never as Record<
      string,
      string[]
    >;
    expect(redirectUris).toEqual(['http://localhost:8787/_auth/callback']);
    expect(postLogoutRedirectUris).toEqual(['http://localhost:8787/_auth/logout/callback']);
    expect(await bed.read('wrangler.toml')).toContain('ZITADEL_CALLBACK_URL = "http://localhost:8787/_auth/callback"');
  });

  it('whoever stays with the folder may', async () => {
    const prompts = scriptedPrompts({ 'The application has': '/auth' }, []);
    expect((await bed.setup([], { fetch, prompts })).code).toBe(0);
    expect(await bed.read('wrangler.toml')).toContain('ZITADEL_CALLBACK_URL = "http://localhost:8787/auth/callback"');
  });

  it('without a terminal it is said, and done as asked', async () => {
    const { code, out } = await bed.setup([], { fetch });
    expect(code).toBe(0);
    expect(out).toContain('--url http://localhost:8787/_auth/callback takes another folder');
    expect(await bed.read('wrangler.toml')).toContain('ZITADEL_CALLBACK_URL = "http://localhost:8787/auth/callback"');
  });

  it('a folder that is chosen already is looked at in its place', async () => {
    const { code, out } = await bed.setup(['--url', 'http://localhost:8787/_auth/callback'], { fetch });
    expect(code).toBe(0);
    expect(out).not.toContain('takes another folder');
  });
});
