// The engine package: a device of a shop in a worker, and the content that it carries.
export {
  openEngine,
  type Answer,
  type CommandFields,
  type CommandName,
  type CoreEvent,
  type Engine,
  type EngineEvent,
  type EngineListener,
  type EngineOptions,
  type HostEvent,
} from "./client.js";
export { CodecError, decode, encode, type Table } from "./codec.js";
export { Errc, errorNames, mayReconnect } from "./gen/errors.js";
export * as wire from "./gen/wire.js";
export type { StorageMode } from "./seams.js";
export { fromBase64Url, toBase64Url, toHex } from "./text.js";
