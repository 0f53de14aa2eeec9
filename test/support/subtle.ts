// Web Crypto with an ear on it: for tests that count what is done with keys, or let some of it never end.

type Call = () => unknown;

/** While `run` runs, each call of a method of `crypto.subtle` goes through `intercept`. */
export async function withSubtle<Result>(
  intercept: (method: string, args: readonly unknown[], call: Call) => unknown,
  run: () => Promise<Result>,
): Promise<Result> {
  const { subtle } = crypto;
  const observed = new Proxy(subtle, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => intercept(String(name), args, () => method.apply(target, args));
    },
  });
  Object.defineProperty(crypto, 'subtle', { value: observed, configurable: true });
  try {
    return await run();
  } finally {
    Object.defineProperty(crypto, 'subtle', { value: subtle, configurable: true });
  }
}
