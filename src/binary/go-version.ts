/** A Go release as a program's build information names it. */
export interface GoVersion {
  /** As it was written: `go1.26.5`. */
  readonly text: string;
  /** 26 of go1.26.5. There is no other major version than 1. */
  readonly minor: number;
  /** 5 of go1.26.5; 0 for a minor's first release. */
  readonly patch: number;
  /** A candidate is a beta or rc; a development version is anything between two releases. */
  readonly stage: 'release' | 'candidate' | 'development';
  /** GOEXPERIMENT settings that differ from the release's own: `nogreenteagc`. */
  readonly experiments: readonly string[];
}

/**
 * Parses what runtime.Version() may return: `go1.26.5`, `go1.23rc1`, `devel go1.27-3f2a1b Tue Mar 3`, and what vendors
 * add (`go1.25.7-custom`). Undefined where no minor version can be told (`devel +3f2a1b`).
 */
export function parseGoVersion(text: string): GoVersion | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const { devel, minor, patch, candidate, rest } = match.groups ?? {};
  return {
    text,
    minor: Number(minor),
    patch: Number(patch ?? 0),
    stage: stageOf({ devel, candidate, rest: rest ?? '', hasPatch: patch !== undefined }),
    experiments: experimentsOf(rest ?? ''),
  };
}

const pattern =
  /^(?<devel>devel )?go1\.(?<minor>\d{1,4})(?:\.(?<patch>\d{1,4}))?(?<candidate>(?:beta|rc)\d+)?(?<rest>(?:[ +-].*)?)$/s;

interface Parts {
  readonly devel: string | undefined;
  readonly candidate: string | undefined;
  readonly rest: string;
  readonly hasPatch: boolean;
}

function stageOf({ devel, candidate, rest, hasPatch }: Parts): GoVersion['stage'] {
  // Builds between releases carry a date or a commit where a release has its patch: `go1.25-20250209-RC00`.
  if (devel !== undefined || (!hasPatch && /^-(?:\d{8}|devel|[0-9a-f]{7,})/.test(rest))) return 'development';
  return candidate === undefined ? 'release' : 'candidate';
}

/** `go1.25.7 X:greenteagc`; from Go 1.26 on `go1.26.5-X:nogreenteagc`. */
const experimentsOf = (rest: string): readonly string[] => /[ -]X:([\w,]+)/.exec(rest)?.[1]?.split(',') ?? [];
