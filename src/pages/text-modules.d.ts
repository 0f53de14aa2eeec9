// `import()` of a *.txt: Wrangler uploads it as a Text module of its own.

declare module '*.txt' {
  const text: string;
  export default text;
}
