import type { Agent } from './agent.js';
import { summarize, type Tracepoints } from './tracepoints.js';
import type { Column, ColumnType, Frame, Value } from './values.js';

export interface UdtfSources {
  readonly agents: readonly Agent[];
  readonly tracepoints: Tracepoints;
  readonly tables: readonly string[];
  readonly version: string;
  readonly nowNs: bigint;
}

/** The tables that Pixie makes out of its own state (vizier/funcs/md_udtfs). */
export function callUdtf(name: string, args: Readonly<Record<string, unknown>>, sources: UdtfSources): Frame {
  const udtf = udtfs[name];
  if (udtf === undefined) throw new Error(`no UDTF '${name}'`);
  return table(udtf.columns, udtf.rows(sources, args));
}

interface Udtf {
  readonly columns: readonly (readonly [name: string, type: ColumnType])[];
  readonly rows: (
    sources: UdtfSources,
    args: Readonly<Record<string, unknown>>,
  ) => readonly (readonly Value[])[];
}

const udtfs: Readonly<Record<string, Udtf>> = {
  GetTracepointStatus: {
    columns: [
      ['tracepoint_id', 'uint128'],
      ['name', 'string'],
      ['state', 'string'],
      ['status', 'string'],
      ['output_tables', 'string'],
    ],
    rows: ({ tracepoints }) =>
      tracepoints.all().map((tracepoint) => {
        const { state, messages } = summarize(tracepoint);
        const shown = state === 'terminated' && tracepoint.expected === 'running' ? 'terminating' : state;
        const id = BigInt(`0x${tracepoint.id.replaceAll('-', '')}`);
        return [id, tracepoint.name, shown, JSON.stringify(messages), JSON.stringify([tracepoint.table])];
      }),
  },
  GetAgentStatus: {
    columns: [
      ['agent_id', 'uint128'],
      ['asid', 'int64'],
      ['hostname', 'string'],
      ['ip_address', 'string'],
      ['agent_state', 'string'],
      ['create_time', 'time64ns'],
      ['last_heartbeat_ns', 'int64'],
      ['kernel_headers_installed', 'boolean'],
    ],
    rows: ({ agents, nowNs }, { include_kelvin: includeKelvin = true }) => {
      const common = ['AGENT_STATE_HEALTHY', nowNs - 3_600_000_000_000n, 1_500_000_000n] as const;
      const kelvin = [1n, 1n, 'kelvin', '10.0.0.1', ...common, false];
      const perNode = agents.map(({ id, options: { asid, node } }) => [
        BigInt(`0x${id.replaceAll('-', '')}`),
        BigInt(asid),
        node.name,
        `10.0.1.${asid}`,
        ...common,
        true,
      ]);
      return includeKelvin === true ? [...perNode, kelvin] : perNode;
    },
  },
  Version: {
    columns: [
      ['asid', 'int64'],
      ['version', 'string'],
    ],
    rows: ({ version }) => [[1n, version]],
  },
  GetTables: {
    columns: [
      ['table_name', 'string'],
      ['table_desc', 'string'],
    ],
    rows: ({ tables }) => tables.map((name) => [name, '']),
  },
};

function table(columns: Udtf['columns'], rows: readonly (readonly Value[])[]): Frame {
  return {
    rows: rows.length,
    columns: columns.map(
      ([name, type], index): Column => ({
        name,
        type,
        values: rows.map((row) => row[index] ?? 0n),
      }),
    ),
  };
}
