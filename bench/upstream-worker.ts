// The application behind all that is measured: one kilobyte of HTML, whatever it is asked.

const BODY = `<!doctype html><title>Page</title><p>${'All work and no play. '.repeat(50)}`.slice(0, 1024);
const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'max-age=60',
  ETag: '"5f1e-1a2b3c"',
  'Set-Cookie': 'visits=7; Path=/; HttpOnly; SameSite=Lax',
};

export default {
  fetch: () => new Response(BODY, { headers: HEADERS }),
} satisfies ExportedHandler;
