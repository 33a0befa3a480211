import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import { unlessAborted } from '../../../system/abort-scope.js';
import { type CallContext, callFailure, resumed } from './call.js';
import {
  Execution,
  type ExecutionEvent,
  type ExecutionStateUpdate,
  UnknownTable,
  type VizierQueryFunc,
} from './execution.js';
import type {
  ExecuteScriptRequestSchema,
  ExecuteScriptResponse,
  RowBatchData,
  VizierService,
} from './gen/vizierapi_pb.js';
import { pixieError } from './pixie-error.js';
import type { CalledPlace } from './problem.js';
import type { ResultKey } from './result-key.js';
import { containsMutation, isStreaming } from './script.js';

export interface ExecuteScriptOptions {
  readonly signal: AbortSignal;
  /** Functions of the script to run instead of its px.display. */
  readonly funcs?: readonly VizierQueryFunc[];
  /** The script places or removes tracepoints. @default whether it imports pxtrace */
  readonly mutation?: boolean;
}

/** The Vizier that a script runs on, and how it is called. */
export interface ScriptRunner {
  readonly vizier: Client<typeof VizierService>;
  /** The key for the rows; nothing where they come as they are. */
  readonly key: () => Promise<ResultKey> | undefined;
  readonly context: CallContext;
  readonly place: CalledPlace;
  /** Told of every answer whose rows came as they are although there is a key. */
  readonly onPlainRows: () => void;
}

export interface ScriptCall {
  readonly cluster: string;
  readonly script: string;
  readonly options: ExecuteScriptOptions;
}

/** Runs a script and tells what comes of it as it comes; the last update has a `completionReason`. Throws nothing. */
export async function* executeScript(
  runner: ScriptRunner,
  call: ScriptCall,
): AsyncGenerator<ExecutionStateUpdate, void, undefined> {
  const execution = new Execution();
  const { results } = execution;
  yield { event: { type: 'start' }, results };
  let last: ExecutionEvent | undefined;
  let failure: Failure | undefined;
  try {
    const key = await keyOf(runner, call);
    for await (const response of responses(runner, { ...call, key, execution })) {
      for (const event of execution.accept(response, await rowsOf(response, { runner, key }))) {
        if (endsIt(event)) last = event;
        else yield { event, results };
      }
    }
  } catch (error) {
    failure = { error };
  }
  yield lastUpdate(runner, { execution, last, failure });
}

interface Failure {
  readonly error: unknown;
}

/** What is wrong with an answer, and not with how it came. */
class BrokenResult extends Error {}

async function keyOf(
  { key, context }: ScriptRunner,
  { options }: ScriptCall,
): Promise<ResultKey | undefined> {
  options.signal.throwIfAborted();
  const making = key();
  return making === undefined ? undefined : unlessAborted(making, context.signal);
}

type PreparedCall = ScriptCall & {
  readonly key: ResultKey | undefined;
  readonly execution: Execution;
};

function responses(
  { vizier, context, place }: ScriptRunner,
  { cluster, script, options, key, execution }: PreparedCall,
): AsyncIterable<ExecuteScriptResponse> {
  const { funcs = [], mutation = containsMutation(script) } = options;
  type Request = MessageInitShape<typeof ExecuteScriptRequestSchema>;
  const whole: Request = { clusterId: cluster, queryStr: script, mutation, execFuncs: funcs.map(execFunc) };
  const encryption: Request = key === undefined ? {} : { encryptionOptions: key.options };
  return resumed(
    {
      open: (queryId, signal) =>
        vizier.executeScript(
          { ...(queryId === undefined ? whole : { clusterId: cluster, queryId }), ...encryption },
          { signal },
        ),
      queryIdOf: ({ queryId }) => queryId,
      isOver: () => execution.isOver,
      canResume: place.mode === 'cloud',
      onResume: () => execution.noteResume(),
    },
    // The rows of a streaming script come when there are some.
    { ...context, silenceMs: isStreaming(script) ? undefined : context.silenceMs },
  );
}

const execFunc = ({ name, outputTablePrefix, args }: VizierQueryFunc) => ({
  funcName: name,
  outputTablePrefix,
  argValues: args.map(({ name, value }) => ({ name, value })),
});

interface Reading {
  readonly runner: ScriptRunner;
  readonly key: ResultKey | undefined;
}

async function rowsOf(
  { result }: ExecuteScriptResponse,
  { runner, key }: Reading,
): Promise<RowBatchData | undefined> {
  if (result.case !== 'data') return undefined;
  const { batch, encryptedBatch } = result.value;
  if (encryptedBatch.length === 0) {
    if (batch !== undefined && key !== undefined) runner.onPlainRows();
    return batch;
  }
  if (key === undefined) throw new BrokenResult('rows came encrypted, which nobody asked for');
  try {
    return await key.decrypt(encryptedBatch);
  } catch (cause) {
    throw new BrokenResult('rows came that cannot be decrypted', { cause });
  }
}

/** Nothing comes after it but the end of the stream: it is told with how that went. */
const endsIt = (event: ExecutionEvent): boolean =>
  event.type === 'stats' || (event.type === 'mutation-info' && (event.mutationInfo.status?.code ?? 0) !== 0);

interface Ended {
  readonly execution: Execution;
  readonly last: ExecutionEvent | undefined;
  readonly failure: Failure | undefined;
}

function lastUpdate(
  { place, context }: ScriptRunner,
  { execution, last, failure }: Ended,
): ExecutionStateUpdate {
  const { results, failedStatus } = execution;
  // A mutation that is not in place yet ends with an error that says the same; and stats are the end, however it came.
  const isComplete =
    last !== undefined && failedStatus === undefined && !isBroken(failure?.error) && !execution.hasHole;
  if (isComplete) return { event: last, results, completionReason: 'complete' };
  if (context.signal.aborted) return { event: { type: 'cancel' }, results, completionReason: 'cancelled' };
  const error = pixieError({ ...place, ...reason(execution, failure?.error) }, failure?.error);
  return { event: { type: 'error', error }, results, completionReason: 'error', error };
}

const isBroken = (error: unknown): error is BrokenResult | UnknownTable =>
  error instanceof BrokenResult || error instanceof UnknownTable;

function reason({ failedStatus, results, hasHole }: Execution, error: unknown) {
  if (failedStatus !== undefined) return { status: failedStatus };
  if (isBroken(error)) return { broken: error.message };
  if (hasHole && results.executionStats !== undefined)
    return { broken: 'rows were lost while the stream was cut' };
  if (error === undefined) return { broken: 'the stream ended before its results were complete' };
  const failure = callFailure(error);
  // A standalone PEM tells why it failed in a status without a code, and ends with a bare CANCELLED.
  const said = failure.kind === 'status' && failure.message === '' ? results.status?.message : undefined;
  return { failure: said === undefined ? failure : { ...failure, message: said } };
}
