/** The contract between window and engine (`design.md`): asks, streams, questions, and the values they carry. */
export * from './ipc/contract';
export * from './ipc/views';
export type { FleetText } from './ipc/values';
export * from './ipc/containers';
