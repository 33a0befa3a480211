/** Whether a script places or removes tracepoints: such a script must be run as a mutation. */
export const containsMutation = (pxl: string): boolean =>
  statements(pxl).some((line) =>
    /^(?:from\s+(?:pxtrace|pxconfig)\b|import\s+(?:.*,\s*)?(?:pxtrace|pxconfig)\b)/.test(line),
  );

/** Whether a script's result never ends. */
export const isStreaming = (pxl: string): boolean =>
  statements(pxl).some((line) => /\.stream\(\s*\)/.test(line));

/** Comments are left out; a `#` in a string ends a line too early, which hides nothing that is looked for. */
const statements = (pxl: string): readonly string[] =>
  pxl.split('\n').map((line) => line.replace(/#.*$/, '').trim());
