/**
 * Threads for files and name look-ups, of which Node has four: a disk or a name server that does not answer holds one each
 * time. Read by the process that is started, or before its first use of a thread (libuv, `UV_THREADPOOL_SIZE`).
 */
export const THREADS = '64';

/** The environment of a process that is started with enough threads; what the person has set counts. */
export const withThreads = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  UV_THREADPOOL_SIZE: env['UV_THREADPOOL_SIZE'] ?? THREADS,
});
