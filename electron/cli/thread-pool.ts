import { withThreads } from '../engine/base/thread-pool';

// Before anything else runs: the pool is made at its first use and keeps its size.
process.env['UV_THREADPOOL_SIZE'] = withThreads(process.env)['UV_THREADPOOL_SIZE'];
