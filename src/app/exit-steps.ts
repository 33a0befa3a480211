type Step = () => Promise<void>;

/** What has to be undone before the process may end, gathered while it comes up. */
export class ExitSteps {
  readonly #restore: Step[] = [];
  readonly #stop: Step[] = [];

  /** Gives the terminal back: runs first, before anything is printed. */
  onRestore(step: Step): void {
    this.#restore.push(step);
  }

  /** Ends what runs: the newest first. */
  onStop(step: Step): void {
    this.#stop.push(step);
  }

  readonly restore = (): Promise<void> => runNewestFirst(this.#restore);
  readonly stop = (): Promise<void> => runNewestFirst(this.#stop);
}

/** Every step runs, also after one that failed; the first failure is thrown at the end. */
async function runNewestFirst(steps: Step[]): Promise<void> {
  const failures: unknown[] = [];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    await step().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
