// The page's first script: begins the worker, and the fetching of the words.
import { startWorker } from "../../web/engine/src/starter.ts";
import { pickLocale } from "../../web/ui/i18n/index.ts";
import { readConfig } from "./config.ts";
import { deviceOptions, leaveStarted } from "./device.ts";
import { addressOf, leaveFiles } from "./files.ts";

leaveFiles(__FILES__);
const config = readConfig(location.hash);
if (config) {
  leaveStarted(startWorker(deviceOptions(config)));
  // Only so that they are under way: the page's own script asks again and says what is wrong.
  const locale = pickLocale([config.lang, ...navigator.languages]);
  import(addressOf(__FILES__.words[locale]).href).catch(() => undefined);
}
