import type { DeployScripts } from './deployment/scripts.js';
import { podPath } from './pod.js';
import { deleteScript, deployScript, type PxlTexts, statusScript, tracepointFor } from './pxl.js';
import { readPxlTexts } from './pxl-files.js';

/** The scripts of a deployment, made from the files of pxl/. */
export const readDeployScripts = async (): Promise<DeployScripts> => deployScripts(await readPxlTexts());

/** The same from texts at hand. */
export const deployScripts = (texts: PxlTexts): DeployScripts => ({
  deployScript: (tracepoints, { pod, ...rest }) =>
    deployScript(tracepoints, { texts, pod: podPath(pod), ...rest }),
  deleteScript,
  statusScript,
  namesOf: (probe, pod, attempt) => tracepointFor(probe, { texts, pod, attempt }),
});
