/** The contract between window and engine (`design.md`, "The window and its engine"): asks, streams, questions, and the values they carry. */
export * from './contract';
export { LONGEST_PATH, LONGEST_TEXT } from './ask';
export { draftContent } from './keeping';
export type { DraftHead, FileOnDisk, TypedForm } from './keeping';
export { IN_STEP, stepOf, type LogLineView } from './log-line';
export { BELIEVED_FOR, REPEAT_EVERY } from '../observed/believed';
export type { FleetText } from './values';
export * from './containers';
export * from './commands';
