// Chromium as people have it: shop on 127.0.0.1, conversation on localhost, which are two sites.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: "../../build/results/e2e",
  // A scene waits more than it computes. Servers, profiles and displays are each scene's own.
  workers: 2,
  // Browsers of three makers on a busy machine: another try tells a mistake from a bad moment. The
  // summary names what needed one.
  retries: 2,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      // Playwright switches the partitioning of third-party storage off, and then Chromium gives
      // the frame no storage at all. The last list of features wins: this one. A page that a test
      // answers itself counts as public, which may otherwise not load from loopback.
      args: ["--no-sandbox", "--disable-features=Translate,LocalNetworkAccessChecks"],
    },
    screenshot: "only-on-failure",
  },
});
