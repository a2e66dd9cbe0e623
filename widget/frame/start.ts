// The page's first script: begins the worker and nothing else.
import { startWorker } from "../../web/engine/src/starter.ts";
import { readConfig } from "./config.ts";
import { deviceOptions, leaveStarted } from "./device.ts";

const config = readConfig(location.hash);
if (config) {
  leaveStarted(startWorker(deviceOptions(config)));
}
