// The least a worker in front of an application can do: the request as it came, the answer as it came.

interface Env {
  readonly UPSTREAM_URL: string;
}

export default {
  fetch(request, { UPSTREAM_URL }) {
    const path = request.url.slice(request.url.indexOf('/', 8));
    return fetch(UPSTREAM_URL + path, new Request(request, { redirect: 'manual' }));
  },
} satisfies ExportedHandler<Env>;
