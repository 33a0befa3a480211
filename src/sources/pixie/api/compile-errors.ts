import type { Status } from './gen/vizierapi_pb.js';
import { withoutPrefix } from './grpc-code.js';
import { noCollector, noCollectorPattern, type Problem } from './problem.js';

/** What a status says about a script that does not compile; nothing when it says something else. */
export function compileErrors({
  message,
  errorDetails,
}: Pick<Status, 'code' | 'message' | 'errorDetails'>): Problem | undefined {
  const found = errorDetails.flatMap(({ error }) =>
    error.case === 'compilerError' ? [placed(error.value)] : [],
  );
  const text = found.length > 0 ? found.join('; ') : standaloneText(withoutPrefix(message));
  return text === undefined ? undefined : scriptProblem(text);
}

/** Why the compiler's own words need more: a table that is not there is no mistake of the script's author. */
function scriptProblem(text: string): Problem {
  if (noCollectorPattern.test(text)) return { ...noCollector, why: noCollector.why(text) };
  const table = /Table '([^']+)' not found/.exec(text)?.[1];
  if (table === undefined) {
    return {
      code: 'PIXIE_SCRIPT',
      why: `the script does not compile: ${text}`,
      hint: 'the place is that of the script as it was sent',
    };
  }
  if (builtInTables.has(table)) {
    return {
      code: 'CLUSTER_UNHEALTHY',
      why: `table '${table}', which every Pixie has, is missing (${text}): no data collector (PEM) of the cluster works`,
      hint: 'see kubectl get pods -n pl and the logs of vizier-pem; kernels without headers are a common cause',
    };
  }
  return {
    code: 'PIXIE_SCRIPT',
    why: `there is no table '${table}' (${text})`,
    hint: 'its probe is not in place, or the PEM that held it was started anew',
  };
}

/** Tables that exist wherever a PEM runs, whatever is probed (src/stirling/source_connectors). */
const builtInTables: ReadonlySet<string> = new Set([
  'process_stats',
  'network_stats',
  'jvm_stats',
  'conn_stats',
  'http_events',
  'mysql_events',
  'cql_events',
  'pgsql_events',
  'dns_events',
  'redis_events',
  'amqp_events',
  'mux_events',
  'nats_events.beta',
  'kafka_events.beta',
  'stack_traces.beta',
  'proc_exit_events',
  'stirling_error',
  'probe_status',
]);

interface CompilerError {
  readonly line: bigint;
  readonly column: bigint;
  readonly message: string;
}

/** The compiler ends its sentences with a full stop, and what relays them with another. */
function placed({ line, column, message }: CompilerError): string {
  const text = message.trim().replace(/\.+$/, '');
  return line === 0n && column === 0n ? text : `line ${line}, column ${column}: ${text}`;
}

/** A standalone PEM knows no details; its text may end in `(line 3, column 5)`-like words or in none. */
function standaloneText(message: string): string | undefined {
  const [, quoted] = /^Failed to compile script with error='(.*?)\.*'\.*$/s.exec(message) ?? [];
  if (quoted !== undefined) return quoted === '' ? 'the Vizier does not say why' : quoted;
  if (/^Failed to compile trace/.test(message)) {
    return 'its tracepoints do not, and a standalone PEM does not say why (it knows no PodProcess, a UPID it does)';
  }
  return undefined;
}
