// The second implementation of Shopbell's formats, written from docs/PROTOCOL.md alone: makes the
// vectors in tests/vectors, will check exported conversations offline. Pure functions over bytes.
export * from "./blob.ts";
export * from "./body.ts";
export * from "./bytes.ts";
export * from "./codec.ts";
export * from "./crypto.ts";
export * from "./grant.ts";
export * from "./identity.ts";
export * from "./log.ts";
export * from "./proofs.ts";
export * from "./refused.ts";
export * as schema from "./schema.ts";
export * from "./signals.ts";
