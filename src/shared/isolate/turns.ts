// One thing at a time for each session: this is what makes one refresh of a hundred requests.
// Promise 1.

export class Turns {
  readonly #queues = new Map<string, Promise<unknown>>();

  /** Runs `task` after what is under way for this session, whether that went well or not. */
  async take<T>(id: string, task: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(id) ?? Promise.resolve();
    const run = before.then(task, task);
    this.#queues.set(id, run);
    try {
      return await run;
    } finally {
      if (this.#queues.get(id) === run) this.#queues.delete(id);
    }
  }
}
