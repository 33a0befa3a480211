import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { CompilerError, type Place, type Plan } from './plan.js';

/** A function of a script that is to be run, and its arguments. */
export interface FunctionCall {
  readonly name: string;
  readonly prefix: string;
  readonly args: Readonly<Record<string, string>>;
}

type Answer = { readonly id: number } & (
  | Plan
  | { readonly error: { readonly message: string } & Partial<Place> }
);

interface Waiting {
  readonly resolve: (plan: Plan) => void;
  readonly reject: (error: Error) => void;
}

/** The compiler: one Python that reads scripts for as long as the server runs. */
export class Planner {
  readonly #python: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor() {
    const path = fileURLToPath(new URL('plan.py', import.meta.url));
    this.#python = spawn('python3', ['-u', path], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#python.stdout }).on('line', (line) => this.#answer(JSON.parse(line)));
    this.#python.on('error', (error) => this.#giveUp(new Error(`cannot run python3: ${error.message}`)));
    this.#python.on('exit', (code) => this.#giveUp(new Error(`python3 ended with ${code}`)));
    this.#python.stdin.on('error', () => {}); // its exit tells
  }

  /** Throws `CompilerError`. */
  plan(script: string, functions: readonly FunctionCall[] = []): Promise<Plan> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#python.stdin.write(`${JSON.stringify({ id, script, functions })}\n`);
    });
  }

  async close(): Promise<void> {
    if (this.#python.exitCode !== null || this.#python.pid === undefined) return;
    const exited = once(this.#python, 'exit');
    this.#python.stdin.end();
    await exited;
  }

  #answer(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (!('error' in answer)) {
      waiting?.resolve(answer);
      return;
    }
    const { message, line, column } = answer.error;
    const place = line === undefined || column === undefined ? undefined : { line, column };
    waiting?.reject(new CompilerError(message, place));
  }

  #giveUp(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
