// Draws every screen in every state: ./run shots. Clock, zone, fonts and device are fixed, so that
// two runs give the same pictures.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: "../../build/results/shots",
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  // A series is up to 24 pages; nothing is judged by how long that takes.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  use: {
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      // A page that is answered here counts as public, which may otherwise not load from loopback.
      args: [
        "--no-sandbox",
        "--disable-features=Translate,LocalNetworkAccessChecks",
        "--font-render-hinting=none",
      ],
    },
    actionTimeout: 60_000,
    timezoneId: "Asia/Shanghai",
  },
});
