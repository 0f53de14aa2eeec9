// Waiting with an end: no store, object or promise of somebody else's may hold a request for longer than was promised.
// ARCHITECTURE §3 ("each call to ZITADEL or a store has a deadline").

/** What `within` gives when time is up; the task itself goes on. */
export const LATE = Symbol('late');

export async function within<T>(task: Promise<T>, milliseconds: number): Promise<T | typeof LATE> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), milliseconds);
  });
  try {
    return await Promise.race([task, late]);
  } finally {
    clearTimeout(timer);
  }
}
