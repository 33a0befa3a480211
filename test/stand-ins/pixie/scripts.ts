/** PxL as the tests of the stand-in write it. */
export interface ProbeScript {
  readonly name?: string;
  readonly table?: string;
  readonly symbol?: string;
  readonly columns?: string;
  readonly pod?: string;
  readonly ttl?: string;
}

export const latency = "{'latency': pxtrace.FunctionLatency()}";
export const npages = "{'npages': pxtrace.ArgExpr('npages')}";

/** Places one probe for each of `probes`, then lists all tracepoints. */
export const upsert = (...probes: readonly ProbeScript[]): string =>
  [
    'import px',
    'import pxtrace',
    ...probes.map(
      (
        {
          name = 'alloc_1',
          table = 'alloc',
          symbol = 'runtime.(*mheap).allocSpan',
          columns = `${npages}, ${latency}`,
          pod = 'default/gc-1',
          ttl = '10m',
        },
        index,
      ) => `
@pxtrace.probe('${symbol}')
def probe_${index}():
    return [${columns}]
pxtrace.UpsertTracepoint('${name}', '${table}', probe_${index}, pxtrace.PodProcess('${pod}'), '${ttl}')`,
    ),
    "px.display(px.GetTracepointStatus(), 'status')",
    '',
  ].join('\n');

/** Deletes tracepoints, and lists what there is. */
export const remove = (...names: readonly string[]): string =>
  [
    'import px',
    'import pxtrace',
    ...names.map((name) => `pxtrace.DeleteTracepoint('${name}')`),
    "px.display(px.GetTracepointStatus(), 'status')",
    '',
  ].join('\n');

export const listing = "import px\npx.display(px.GetTracepointStatus(), 'status')\n";

/** Reads a table from a moment on. */
export const read = (table: string, startTime: string): string =>
  `import px\ndf = px.DataFrame('${table}', start_time=${startTime})\npx.display(df, 'rows')\n`;
